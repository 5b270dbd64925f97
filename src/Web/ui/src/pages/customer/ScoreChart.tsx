import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queries } from '../../api/queries';
import type { Customer, TimelineItem } from '../../api/types';
import { TimeChart, type ChartData, type Line } from '../../components/charts/TimeChart';
import { Panel } from '../../components/Panel';
import { score } from '../../format/numbers';
import { scoreSeries } from './scoreSeries';

const LINES: readonly Line[] = [{ label: 'Score', color: '--tr-events', fill: true, format: score }];

const NONE: readonly TimelineItem[] = [];

/** The score after each event, up to now. */
export function ScoreChart({ id, customer }: { id: string; customer: Customer }) {
  const { data: events = NONE } = useQuery(queries.scores(id));
  const data: ChartData = useMemo(() => scoreSeries(events, customer.score, Date.now()), [events, customer.score]);
  if (data[0].length < 3) return null;
  return (
    <Panel title="Score over time" hint="After each event, when it happened">
      <TimeChart label={`Score over time, now ${score(customer.score)}`} lines={LINES} data={data} height={180} />
    </Panel>
  );
}
