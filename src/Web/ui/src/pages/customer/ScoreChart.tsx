import { useMemo } from 'react';
import type { Customer, TimelineItem } from '../../api/types';
import { TimeChart, type ChartData, type Line } from '../../components/charts/TimeChart';
import { Panel } from '../../components/Panel';
import { score } from '../../format/numbers';
import { scoreSeries } from './scoreSeries';

const LINES: readonly Line[] = [{ label: 'Score', color: '--tr-events', fill: true, format: score }];

/** The score after each event of the loaded timeline, up to now. */
export function ScoreChart({ items, customer }: { items: readonly TimelineItem[]; customer: Customer }) {
  const data: ChartData = useMemo(() => scoreSeries(items, customer.score, Date.now()), [items, customer.score]);
  if (data[0].length < 3) return null;
  return (
    <Panel title="Score over time" hint="After each event of the timeline below">
      <TimeChart label={`Score over time, now ${score(customer.score)}`} lines={LINES} data={data} height={180} />
    </Panel>
  );
}
