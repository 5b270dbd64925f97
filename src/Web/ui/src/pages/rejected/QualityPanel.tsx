import { Badge, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries';
import type { NameQuality } from '../../api/quality';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { ErrorState, LoadingLines } from '../../components/states';
import { count, share } from '../../format/numbers';

const columns: Column<NameQuality>[] = [
  {
    id: 'name',
    header: 'Event',
    cell: row => (
      <>
        <Text span fw={600} size="sm">
          {row.name}
        </Text>
        {row.isNew && (
          <Badge ml={8} size="xs" variant="light">
            new
          </Badge>
        )}
        <Remarks row={row} />
      </>
    ),
  },
  { id: 'events', header: 'Last 24 h', right: true, cell: row => count(row.lastDay.events) },
  { id: 'total', header: 'Total', right: true, from: 'sm', cell: row => count(row.total.events) },
  { id: 'anonymous', header: 'Anonymous', right: true, from: 'sm', cell: row => share(row.lastDay.anonymous, row.lastDay.events) },
  { id: 'violating', header: 'Not as planned', right: true, cell: row => share(row.lastDay.violating, row.lastDay.events) },
  { id: 'duplicates', header: 'Likely twice', right: true, from: 'sm', cell: row => share(row.lastDay.likelyDuplicates, row.lastDay.events) },
  { id: 'generated', header: 'No messageId', right: true, from: 'md', cell: row => share(row.lastDay.generatedIds, row.lastDay.events) },
  { id: 'skew', header: 'Wrong clock', right: true, from: 'md', cell: row => share(row.lastDay.clockSkew, row.lastDay.events) },
];

/** What the events are like that come in, by name. */
export function QualityPanel() {
  const quality = useQuery(queries.quality());
  return (
    <Panel
      title="Data quality"
      flush
      hint={
        quality.data === undefined ? (
          'By name of event, in the last 24 hours'
        ) : (
          <>
            By name of event, in the last 24 hours; the total is of the last 30 days, counted since <Ago at={quality.data.since} />
          </>
        )
      }
    >
      {quality.isLoading && <LoadingLines lines={3} />}
      {quality.isError && <ErrorState error={quality.error} retry={() => void quality.refetch()} />}
      {quality.data?.names.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          No event has come yet.
        </Text>
      )}
      {quality.data !== undefined && quality.data.names.length > 0 && <DataTable label="Data quality" rows={quality.data.names} columns={columns} rowKey={row => row.name} />}
    </Panel>
  );
}

function Remarks({ row }: { row: NameQuality }) {
  const remarks = row.typeConflicts.map(
    ({ property, types }) =>
      `${property} comes as ${Object.entries(types)
        .map(([type, times]) => `${type} (${count(times)})`)
        .join(' and ')}`,
  );
  if (row.like.length > 0) remarks.unshift(`Was ${row.like.join(' or ')} meant?`);
  return remarks.map(remark => (
    <Text key={remark} size="xs" c="dimmed">
      {remark}
    </Text>
  ));
}
