import { useMemo, type CSSProperties } from 'react';
import type { OperationsNode } from '../../api/operations';
import { TimeChart, type Line } from '../../components/charts/TimeChart';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { milliseconds, seconds } from '../../format/amounts';
import { worstOverTime } from './worst';
import classes from './Operations.module.css';

const LINES: readonly Line[] = [
  { label: 'Commit, half', color: '--tr-quiet', axis: 'left', format: milliseconds },
  { label: 'Commit, 99 of 100', color: '--tr-events', fill: true, axis: 'left', format: milliseconds },
  { label: 'Lag', color: '--tr-messages', axis: 'right', format: seconds },
];

/** The least span shown: a new node fills the chart from the right instead of stretching two points over it. */
const LEAST_SPAN_SECONDS = 120;

/** How long commits took and how far the loops were behind, over ten minutes. */
export function Trend({ nodes }: { nodes: readonly OperationsNode[] }) {
  const data = useMemo(() => worstOverTime(nodes.map(node => node.history)), [nodes]);
  const to = data[0].at(-1) ?? 0;
  return (
    <Panel
      title="Commits and lag"
      hint={nodes.length > 1 ? 'The last ten minutes, the slowest node at each instant' : 'The last ten minutes'}
      aside={
        <div className={classes.legend}>
          {LINES.map(line => (
            <span key={line.label} style={{ '--line': `var(${line.color})` } as CSSProperties}>
              {line.label}
            </span>
          ))}
        </div>
      }
    >
      {data[0].length < 2 ? (
        <EmptyState title="Not enough to draw yet">A point comes every five seconds.</EmptyState>
      ) : (
        <TimeChart label="Commit latency and lag over the last ten minutes" lines={LINES} data={data} height={220} window={{ from: Math.min(data[0][0] ?? to, to - LEAST_SPAN_SECONDS), to }} />
      )}
    </Panel>
  );
}
