import { Badge, Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Fill } from '../../api/lists';
import { queries } from '../../api/queries';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { ErrorState } from '../../components/states';
import { count } from '../../format/numbers';
import { fullTime } from '../../format/time';

const colours = { waiting: 'gray', filling: 'blue', held: 'yellow', done: 'teal' } as const;
const words = { waiting: 'waiting', filling: 'filling', held: 'held: live events first', done: 'filled' } as const;

const columns: Column<Fill>[] = [
  {
    id: 'version',
    header: 'Introduced in',
    cell: fill => (
      <>
        <Text span fw={600} size="sm">
          Version {fill.version}
        </Text>
        {fill.segments.length > 0 && (
          <Text size="xs" c="dimmed">
            Collecting: {fill.segments.join(', ')}
          </Text>
        )}
        {fill.historyFrom !== null && (
          <Text size="xs" c="dimmed">
            The log begins {fullTime(fill.historyFrom)}: what came before is not known
          </Text>
        )}
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    cell: fill => (
      <Badge variant="light" color={colours[fill.state]}>
        {words[fill.state]}
      </Badge>
    ),
  },
  { id: 'progress', header: 'Progress', cell: fill => <Share fill={fill} /> },
  { id: 'records', header: 'Records', right: true, from: 'md', cell: fill => (fill.records > 0 ? `${count(fill.records)} (${count(fill.recordsPerSecond)}/s)` : '–') },
];

/** What new definitions ask of the past, and how far it has been searched. Nothing is shown where nothing was ever asked. */
export function Fills() {
  const fills = useQuery(queries.fills());
  if (fills.isError) return <ErrorState error={fills.error} retry={() => void fills.refetch()} />;
  if (fills.data === undefined || fills.data.length === 0) return null;
  return (
    <Panel title="Filled from history" hint="New conditions are collecting until the past has been searched for them" flush>
      <DataTable label="Fills" rows={fills.data} columns={columns} rowKey={fill => String(fill.version)} />
    </Panel>
  );
}

function Share({ fill }: { fill: Fill }) {
  if (fill.finishedAt !== null)
    return (
      <Text size="sm">
        In force as version {fill.filledIn}, <Ago at={fill.finishedAt} />
      </Text>
    );
  return (
    <>
      <Progress value={fill.percent} aria-label={`Version ${fill.version}: ${fill.percent} percent filled`} />
      <Text size="xs" c="dimmed">
        {fill.percent} %{fill.secondsLeft !== null && `, about ${count(fill.secondsLeft)} s left`}
      </Text>
    </>
  );
}
