import { Button, Code, Group, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { post } from '../../api/client';
import type { MeasuredLine } from '../../api/measures';
import { queries } from '../../api/queries';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { count, rate } from '../../format/numbers';
import { date } from '../../format/time';

/** The line of the time since something is an instant. */
function above({ text, line }: MeasuredLine): string {
  if (line === null) return 'not known yet';
  return /^top\([^,]+, since (first|last)\b/.test(text) ? date(line) : rate(line);
}

const columns: Column<MeasuredLine>[] = [
  { id: 'text', header: 'Condition', cell: line => <Code style={{ whiteSpace: 'normal' }}>{line.text}</Code> },
  { id: 'line', header: 'Above', right: true, cell: line => <Text span size="sm" style={{ whiteSpace: 'nowrap' }}>{above(line)}</Text> },
  { id: 'customers', header: 'Measured', right: true, from: 'sm', cell: line => count(line.customers) },
  { id: 'error', header: 'Error at most', right: true, from: 'md', cell: line => (line.line === null ? '–' : line.errorPercent === 0 ? 'exact' : `${line.errorPercent}%`) },
  { id: 'since', header: 'Since', right: true, from: 'md', cell: line => (line.since === null ? '–' : <Text span size="sm" style={{ whiteSpace: 'nowrap' }}><Ago at={line.since} /></Text>) },
];

/** Where the lines of conditions stand that are about all customers. Nothing is shown where there are none. */
export function Measured() {
  const client = useQueryClient();
  const measures = useQuery(queries.measures());
  const again = useMutation({ mutationFn: () => post('/measures'), onSuccess: () => client.invalidateQueries({ queryKey: queries.measures().queryKey }) });
  if (measures.data === undefined || measures.data.lines.length === 0) return null;
  const { isRunning, percent, partitionsWalking, measuredAt, lines, historyFrom } = measures.data;
  return (
    <Panel title="Measured over all customers" hint="The lines of top shares and fifths; a line that moves reaches idle customers, too" flush>
      <Stack gap="sm" px={20} pb="sm">
        <Group justify="space-between" gap="sm">
          <Text size="sm" c="dimmed">
            {measuredAt === null ? 'Not measured yet' : <>Measured <Ago at={measuredAt} /></>}
            {partitionsWalking > 0 && `; ${count(partitionsWalking)} partitions still tell their customers`}
            {typeof historyFrom === 'string' && `; what happened before ${date(historyFrom)} may be missing`}
          </Text>
          <Button size="xs" variant="default" disabled={isRunning} loading={again.isPending} onClick={() => again.mutate()}>
            Measure now
          </Button>
        </Group>
        {isRunning && <Progress value={percent} aria-label={`${percent} percent of all customers looked at`} />}
      </Stack>
      <DataTable label="Lines" rows={lines} columns={columns} rowKey={line => line.text} />
    </Panel>
  );
}
