import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries';
import type { ViolationKind } from '../../api/quality';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { count } from '../../format/numbers';

const ACTIONS: Readonly<Record<ViolationKind['action'], string>> = { allow: 'taken in', flag: 'taken in, flagged', reject: 'rejected' };

/** What was not as the tracking plan has it; nothing where there is no plan. */
export function ViolationsPanel() {
  const violations = useQuery(queries.violations());
  const data = violations.data;
  if (data === undefined || (!data.hasPlan && data.kinds.length === 0)) return null;

  const found = new Map(data.newest.toReversed().map(one => [`${one.event}\n${one.path}\n${one.rule}`, one.found]));
  const key = (kind: ViolationKind): string => `${kind.event}\n${kind.path}\n${kind.rule}`;
  const columns: Column<ViolationKind>[] = [
    {
      id: 'event',
      header: 'Event',
      cell: kind => (
        <>
          <Text span fw={600} size="sm">
            {kind.event}
          </Text>
          <Text size="xs" c="dimmed">
            {kind.path}
          </Text>
        </>
      ),
    },
    {
      id: 'expected',
      header: 'Expected',
      cell: kind => (
        <>
          {kind.expected}
          {kind.like.length > 0 && `, such as ${kind.like.join(' or ')}`}
        </>
      ),
    },
    { id: 'found', header: 'Found last', from: 'sm', cell: kind => found.get(key(kind)) ?? '–' },
    { id: 'action', header: 'Was', from: 'sm', cell: kind => ACTIONS[kind.action] },
    { id: 'count', header: 'Times', right: true, cell: kind => count(kind.count) },
    { id: 'last', header: 'Last', right: true, from: 'md', cell: kind => <Ago at={kind.lastAt} /> },
  ];
  return (
    <Panel
      title="Not as planned"
      flush
      hint={
        <>
          Held against plan.yaml; of the last 30 days, counted since <Ago at={data.since} />
        </>
      }
    >
      {data.kinds.length === 0 ? (
        <Text size="sm" c="dimmed" p="md">
          Every event was as planned.
        </Text>
      ) : (
        <DataTable label="Violations of the tracking plan" rows={data.kinds} columns={columns} rowKey={key} />
      )}
    </Panel>
  );
}
