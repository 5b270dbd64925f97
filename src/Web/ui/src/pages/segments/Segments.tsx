import { Badge, Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries';
import type { Segment } from '../../api/types';
import { DataTable, type Column } from '../../components/DataTable';
import { IconSegment } from '../../components/icons';
import { useLongList, type Order } from '../../components/ListTools';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { count, share } from '../../format/numbers';
import { date } from '../../format/time';
import { titled } from '../../format/words';
import { useCounters } from '../../live/LiveProvider';
import { Measured } from './Measured';
import { TryCondition } from './TryCondition';

const to = (segment: Segment): string => `/segments/${encodeURIComponent(segment.id)}`;

/** By the sizes that the list came with, so that rows stay where they are while one reads. */
const ORDERS: readonly Order<Segment>[] = [
  { id: 'written', label: 'As written', by: null },
  { id: 'name', label: 'By name', by: segment => segment.name || titled(segment.id) },
  { id: 'most', label: 'Most customers', by: segment => segment.size },
  { id: 'fewest', label: 'Fewest customers', by: segment => -segment.size },
];

const NONE: readonly Segment[] = [];
const wordsOf = (segment: Segment): string => `${segment.name} ${titled(segment.id)} ${segment.id} ${segment.description} ${segment.condition}`;

export default function Segments() {
  const segments = useQuery(queries.segments());
  const counters = useCounters();
  const size = (segment: Segment): number => counters.get(`segment/${segment.id}/size`) ?? segment.size;
  const customers = counters.get('customers/total') ?? 0;
  const list = useLongList(segments.data ?? NONE, 'segment', wordsOf, ORDERS);

  const columns: Column<Segment>[] = [
    {
      id: 'name',
      header: 'Segment',
      cell: segment => (
        <>
          <Link to={to(segment)} className="plain">
            <Text span fw={600} size="sm">
              {segment.name || titled(segment.id)}
            </Text>
          </Link>
          {segment.collecting && <Collecting />}
          {segment.description !== '' && (
            <Text size="xs" c="dimmed">
              {segment.description}
            </Text>
          )}
          {typeof segment.historyFrom === 'string' && (
            <Text size="xs" c="dimmed">
              May not know what happened before {date(segment.historyFrom)}
            </Text>
          )}
        </>
      ),
    },
    { id: 'condition', header: 'Condition', from: 'md', cell: segment => <Code style={{ whiteSpace: 'normal' }}>{segment.condition}</Code> },
    { id: 'size', header: 'Customers', right: true, cell: segment => count(size(segment)) },
    { id: 'share', header: 'Of all', right: true, from: 'sm', cell: segment => share(size(segment), customers) },
  ];

  return (
    <>
      <PageHeader title="Segments" lead="Named conditions. Customers enter and leave them within milliseconds of what they do, and when windows slide out." />
      <Stack gap="md">
        <Panel flush>
          {segments.isPending && <LoadingLines />}
          {segments.isError && <ErrorState error={segments.error} retry={() => void segments.refetch()} />}
          {segments.data?.length === 0 && (
            <EmptyState title="No segments yet" icon={<IconSegment size={22} />}>
              Name a condition in <code>segments.yaml</code>, such as <Code>did('Order Completed', within 30d)</Code>, and reload the definitions.
            </EmptyState>
          )}
          {list.tools}
          {list.rows.length > 0 && (
            <DataTable label="Segments" rows={list.rows} columns={columns} rowKey={segment => segment.id} to={to} />
          )}
          {list.more}
        </Panel>
        <TryCondition />
        <Measured />
      </Stack>
    </>
  );
}

/** Of customers known before the condition it is not known yet whether they meet it. */
function Collecting() {
  return (
    <Badge ml="xs" size="xs" variant="light" color="yellow">
      collecting
    </Badge>
  );
}
