import { Alert, Code, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { part, remove } from '../../api/client';
import { queries } from '../../api/queries';
import type { ListMember, StaticList } from '../../api/staticLists';
import { ConfirmButton } from '../../components/ConfirmButton';
import { DataTable, type Column } from '../../components/DataTable';
import { IconList } from '../../components/icons';
import { PagedList } from '../../components/PagedList';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { EmptyState, ErrorState } from '../../components/states';
import { count, plural } from '../../format/numbers';
import { UploadPanel } from '../lists/UploadPanel';

const MEMBERS: Column<ListMember>[] = [
  {
    id: 'user',
    header: 'User id',
    cell: member => (
      <Link to={`/customers/${encodeURIComponent(member.userId)}`} className="plain">
        <Text span size="sm" style={{ wordBreak: 'break-all' }}>
          {member.userId}
        </Text>
      </Link>
    ),
  },
];

/** One static list: who is on it, who is still to be told, and what asks for it. */
export default function ListPage() {
  const { id = '' } = useParams();
  const list = useQuery(queries.staticList(id));
  const members = useInfiniteQuery({ ...queries.listMembers(id), enabled: list.data?.exists === true });

  return (
    <>
      <PageHeader title={id} lead="A static list." back={{ to: '/lists', label: 'Lists' }} />
      <Stack gap="md">
        {list.isError && <ErrorState error={list.error} retry={() => void list.refetch()} />}
        {list.data !== undefined && <State list={list.data} />}
        {list.data !== undefined && !list.data.dropping && <UploadPanel id={id} />}
        {list.data?.exists === true && (
          <Panel title="Users" hint="By id, as uploaded; whoever was never seen becomes a member when first seen" flush>
            <PagedList
              result={members}
              empty={
                <EmptyState title="Nobody is on this list" icon={<IconList size={22} />}>
                  Upload a file to put somebody on it.
                </EmptyState>
              }
            >
              {rows => <DataTable label="Users" rows={rows} columns={MEMBERS} rowKey={row => row.userId} to={row => `/customers/${encodeURIComponent(row.userId)}`} />}
            </PagedList>
          </Panel>
        )}
      </Stack>
    </>
  );
}

function State({ list }: { list: StaticList }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const drop = async () => {
    await remove(`/lists/${part(list.id)}`);
    await navigate('/lists');
    await client.invalidateQueries({ queryKey: ['lists'] });
  };
  return (
    <Panel
      aside={
        list.exists && !list.dropping ? (
          <ConfirmButton
            size="xs"
            variant="light"
            color="red"
            title={`Remove the list ${list.id}?`}
            explain={`Everybody leaves it${list.usedBy.length > 0 ? `, and what asks for it (${list.usedBy.join(', ')}) finds nobody on it` : ''}. Campaigns react to that at once. The customers themselves stay.`}
            confirm="Remove the list"
            danger
            run={drop}
            done={`${list.id} is being removed`}
          >
            Remove
          </ConfirmButton>
        ) : undefined
      }
      title="Now"
    >
      <Stats label="Size">
        <Stat label="Users on it" value={list.exists ? count(list.members) : '–'} note={list.exists ? '' : 'never uploaded'} />
        <Stat label="Customers to tell" value={count(list.waiting)} note={list.waiting > 0 ? `${list.percent} % are told` : 'everybody is told'} />
      </Stats>
      <Text size="sm" mt="md">
        {list.usedBy.length > 0 ? `Asked for by ${list.usedBy.join(', ')}.` : 'Nothing asks for it yet. In a condition:'} {list.usedBy.length === 0 && <Code>{`list('${list.id}')`}</Code>}
      </Text>
      {!list.exists && (
        <Alert mt="md" color="yellow" variant="light" role="status">
          The definitions ask for this list and nobody has uploaded it: nobody is on it.
          {list.didYouMean.length > 0 && ` Did you mean ${list.didYouMean.join(' or ')}?`}
        </Alert>
      )}
      {list.dropping && (
        <Alert mt="md" color="red" variant="light" role="status">
          It is being removed: {plural(list.waiting, 'customer')} are still to be told.
        </Alert>
      )}
    </Panel>
  );
}
