import { Badge, Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries';
import type { StaticList } from '../../api/staticLists';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { IconList } from '../../components/icons';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { count } from '../../format/numbers';
import { UploadPanel } from './UploadPanel';

const to = (list: StaticList): string => `/lists/${encodeURIComponent(list.id)}`;

export default function Lists() {
  const lists = useQuery(queries.staticLists());

  const columns: Column<StaticList>[] = [
    {
      id: 'id',
      header: 'List',
      cell: list => (
        <>
          <Link to={to(list)} className="plain">
            <Text span fw={600} size="sm">
              {list.id}
            </Text>
          </Link>
          {!list.exists && <Note color="yellow">not uploaded</Note>}
          {list.dropping && <Note color="red">being removed</Note>}
          {list.waiting > 0 && !list.dropping && <Note color="blue">{`${list.percent} % told`}</Note>}
          {list.didYouMean.length > 0 && (
            <Text size="xs" c="dimmed">
              Did you mean {list.didYouMean.join(' or ')}?
            </Text>
          )}
        </>
      ),
    },
    { id: 'used', header: 'Asked for by', from: 'md', cell: list => <Text size="sm">{list.usedBy.join(', ') || 'nothing yet'}</Text> },
    { id: 'changed', header: 'Changed', from: 'sm', cell: list => (list.changedAt === null ? '' : <Ago at={list.changedAt} />) },
    { id: 'users', header: 'Users', right: true, cell: list => (list.exists ? count(list.members) : '–') },
  ];

  return (
    <>
      <PageHeader title="Lists" lead="Customers whom somebody put together by their ids. Conditions ask for a list by its id, and react the moment somebody is put on it." />
      <Stack gap="md">
        <Panel flush>
          {lists.isPending && <LoadingLines />}
          {lists.isError && <ErrorState error={lists.error} retry={() => void lists.refetch()} />}
          {lists.data?.length === 0 && (
            <EmptyState title="No lists yet" icon={<IconList size={22} />}>
              Upload a file with user ids below, and ask for it in a condition: <Code>list('vip')</Code>.
            </EmptyState>
          )}
          {lists.data !== undefined && lists.data.length > 0 && <DataTable label="Lists" rows={lists.data} columns={columns} rowKey={list => list.id} to={to} />}
        </Panel>
        <UploadPanel known={(lists.data ?? []).map(list => list.id)} />
      </Stack>
    </>
  );
}

function Note({ color, children }: { color: string; children: string }) {
  return (
    <Badge ml="xs" size="xs" variant="light" color={color}>
      {children}
    </Badge>
  );
}
