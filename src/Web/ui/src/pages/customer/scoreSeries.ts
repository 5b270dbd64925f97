import type { TimelineItem } from '../../api/types';

/** Time in seconds and score, oldest first, one point an instant, closed by the score as of now. */
export function scoreSeries(events: readonly TimelineItem[], scoreNow: number, now: number): [number[], number[]] {
  const points = new Map<number, number>();
  for (const event of events.toReversed()) {
    if (event.score !== null) points.set(Date.parse(event.occurredAt ?? event.at) / 1000, event.score);
  }
  points.set(now / 1000, scoreNow);
  const sorted = [...points].sort(([a], [b]) => a - b);
  return [sorted.map(([at]) => at), sorted.map(([, score]) => score)];
}
