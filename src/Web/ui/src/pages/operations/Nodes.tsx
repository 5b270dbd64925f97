import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { OperationsNode } from '../../api/operations';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { StatusBadge } from '../../components/StatusBadge';
import { bytes, milliseconds, seconds } from '../../format/amounts';
import { count, percent, share } from '../../format/numbers';
import { Spark } from './Spark';
import classes from './Operations.module.css';

const COLUMNS: readonly Column<OperationsNode>[] = [
  {
    id: 'node',
    header: 'Node',
    cell: node => (
      <div className={classes.node}>
        <Text size="sm" fw={600}>
          {node.name}
        </Text>
        <Text size="xs" c="dimmed">
          {[node.role === 'all' ? '' : node.role, node.version && `version ${node.version}`, node.uptimeSeconds > 0 ? `up ${seconds(node.uptimeSeconds)}` : ''].filter(Boolean).join(', ')}
        </Text>
        {node.reasons.map(reason => (
          <Text key={reason} size="xs">
            {reason}
          </Text>
        ))}
      </div>
    ),
  },
  { id: 'status', header: 'Status', cell: node => <StatusBadge status={node.status} /> },
  { id: 'partitions', header: 'Partitions', right: true, from: 'sm', cell: node => <Whole note={node.placement === 'balanced' ? '' : node.placement}>{count(node.partitions.length)}</Whole> },
  { id: 'lag', header: 'Lag', right: true, from: 'sm', cell: node => <Whole note={node.lag.seconds > 0 ? seconds(node.lag.seconds) : ''}>{node.lag.records === 0 ? 'none' : count(node.lag.records)}</Whole> },
  { id: 'commit', header: 'Commit', right: true, from: 'md', cell: node => <Whole>{node.commits.count === 0 ? '–' : milliseconds(node.commits.p99Ms)}</Whole> },
  { id: 'trend', header: 'Ten minutes', from: 'md', cell: node => <Spark label={`Commit latency of ${node.name}`} values={node.history.map(point => point.commitP99Ms)} /> },
  { id: 'customers', header: 'In memory', right: true, from: 'md', cell: node => count(node.customers.count) },
  {
    id: 'memory',
    header: 'Memory',
    right: true,
    from: 'sm',
    cell: node => <Whole note={`${share(node.process.workingSetBytes, node.process.availableBytes)} of ${bytes(node.process.availableBytes)}`}>{bytes(node.process.workingSetBytes)}</Whole>,
  },
  { id: 'gc', header: 'GC pauses', right: true, from: 'lg', cell: node => <Whole>{percent(node.process.gcPausePercent)}</Whole> },
  { id: 'viewers', header: 'Viewers', right: true, from: 'lg', cell: node => count(node.viewers) },
];

/** A figure on one line, and what it means on another. */
function Whole({ children, note = '' }: { children: ReactNode; note?: string }) {
  return (
    <span className={classes.whole}>
      {children}
      {note !== '' && (
        <Text size="xs" c="dimmed" span display="block">
          {note}
        </Text>
      )}
    </span>
  );
}

/** The processes that do the work, each as it sees itself. */
export function Nodes({ nodes }: { nodes: readonly OperationsNode[] }) {
  return (
    <Panel title="Nodes" hint="Latencies are those of 99 of 100 in the last minute" flush>
      <DataTable label="Nodes" rows={nodes} columns={COLUMNS} rowKey={node => node.name} />
    </Panel>
  );
}
