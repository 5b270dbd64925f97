import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { ApiError, part, remove } from '../../api/client';
import { queries } from '../../api/queries';
import type { GroupView } from '../../api/types';
import { Ago } from '../../components/Ago';
import { ConfirmButton } from '../../components/ConfirmButton';
import { CustomerTable } from '../../components/CustomerTable';
import { Facts } from '../../components/Facts';
import { IconGroup } from '../../components/icons';
import { PagedList } from '../../components/PagedList';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { count } from '../../format/numbers';
import { shown } from '../customer/shown';

const back = { to: '/groups', label: 'Groups' };

/** One group: what it is like, and who its members are. */
export default function GroupPage() {
  const { id = '' } = useParams();
  const group = useQuery(queries.group(id));
  if (group.data !== undefined) return <Shown group={group.data} />;

  const unknown = group.error instanceof ApiError && group.error.problem.status === 404;
  return (
    <>
      <PageHeader title={id} back={back} />
      <Panel flush>
        {group.isPending && <LoadingLines />}
        {unknown && (
          <EmptyState title="No group has this id" icon={<IconGroup size={22} />}>
            It may have been erased, or no group call has named it yet.
          </EmptyState>
        )}
        {group.isError && !unknown && <ErrorState error={group.error} retry={() => void group.refetch()} />}
      </Panel>
    </>
  );
}

function Shown({ group }: { group: GroupView }) {
  const members = useInfiniteQuery(queries.groupMembers(group.id));
  const traits = Object.entries(group.traits);
  return (
    <>
      <PageHeader title={group.name ?? group.id} lead={group.name === null ? undefined : group.id} back={back} actions={<Erase group={group} />} />
      <Stack gap="md">
        <Panel>
          <Stats label="Right now">
            <Stat label="Members" value={count(group.members)} />
            <Stat label="Traits changed" value={group.changedAt === null ? '–' : <Ago at={group.changedAt} />} />
          </Stats>
        </Panel>
        <Panel title="Traits">
          {traits.length === 0 ? (
            <Text size="sm" c="dimmed">
              None known yet. A group call with traits brings them.
            </Text>
          ) : (
            <Facts facts={traits.map(([name, value]) => [name, shown(value)])} />
          )}
        </Panel>
        <Panel title="Members" flush>
          <PagedList
            result={members}
            empty={
              <EmptyState title="No members" icon={<IconGroup size={22} />}>
                A group call makes whoever sends it a member.
              </EmptyState>
            }
          >
            {rows => <CustomerTable customers={rows} label="Members" />}
          </PagedList>
        </Panel>
      </Stack>
    </>
  );
}

function Erase({ group }: { group: GroupView }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const erase = async () => {
    await remove(`/groups/${part(group.id)}`);
    await navigate('/groups');
    client.removeQueries({ queryKey: ['groups'] });
  };
  return (
    <ConfirmButton
      variant="light"
      color="red"
      title={`Erase ${group.name ?? group.id}?`}
      explain="Its traits and its list of members are removed for good, and its members leave it. The members themselves stay. This cannot be undone."
      confirm="Erase for good"
      danger
      run={erase}
      done={`${group.name ?? group.id} was erased`}
    >
      Erase
    </ConfirmButton>
  );
}
