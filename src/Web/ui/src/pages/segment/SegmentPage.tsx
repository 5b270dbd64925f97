import { ActionIcon, Alert, Code, Stack, Text, Tooltip } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { queries } from '../../api/queries';
import { CustomerTable } from '../../components/CustomerTable';
import { IconReload, IconSegment } from '../../components/icons';
import { PagedList } from '../../components/PagedList';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { EmptyState, ErrorState } from '../../components/states';
import { count, share } from '../../format/numbers';
import { date } from '../../format/time';
import { titled } from '../../format/words';
import { useCounter } from '../../live/LiveProvider';
import { OverlapPanel } from './OverlapPanel';

/** One segment: its condition and who is in it. */
export default function SegmentPage() {
  const { id = '' } = useParams();
  const segments = useQuery(queries.segments());
  const segment = segments.data?.find(candidate => candidate.id === id);
  const members = useInfiniteQuery(queries.members(id));
  const size = useCounter(`segment/${id}/size`);
  const customers = useCounter('customers/total');

  return (
    <>
      <PageHeader title={segment?.name || titled(id)} lead={segment?.description || undefined} back={{ to: '/segments', label: 'Segments' }} />
      <Stack gap="md">
        <Panel>
          <Stats label="Size">
            <Stat label="Customers in it now" value={count(size)} note={`${share(size, customers)} of all`} />
          </Stats>
          {segment !== undefined && (
            <Code block mt="md" aria-label="Condition">
              {segment.condition}
            </Code>
          )}
          {segment?.collecting === true && (
            <Alert mt="md" color="yellow" variant="light" role="status">
              Collecting: its condition is new, and the past is being searched for it (see <Link to="/definitions">Definitions</Link>). Until that is done, customers known before count only where it is certain.
            </Alert>
          )}
          {typeof segment?.historyFrom === 'string' && (
            <Text size="sm" c="dimmed" mt="md">
              History begins on {date(segment.historyFrom)}: of what happened before, this condition may not know everything.
            </Text>
          )}
          {segments.isError && <ErrorState error={segments.error} retry={() => void segments.refetch()} />}
        </Panel>
        <OverlapPanel id={id} />
        <Panel
          title="Members"
          hint="As of when this list was loaded"
          flush
          aside={
            <Tooltip label="Load again">
              <ActionIcon variant="subtle" color="gray" onClick={() => void members.refetch()} loading={members.isRefetching} aria-label="Load the members again">
                <IconReload size={16} />
              </ActionIcon>
            </Tooltip>
          }
        >
          <PagedList
            result={members}
            empty={
              <EmptyState title="Nobody is in this segment" icon={<IconSegment size={22} />}>
                Customers enter the moment the condition holds for them.
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
