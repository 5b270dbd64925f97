import type { TimelineItem } from '../../api/types';

/** Time in seconds and score, oldest first, one point an instant, closed by the score as of now. */
export function scoreSeries(items: readonly TimelineItem[], scoreNow: number, now: number): [number[], number[]] {
  const points = new Map<number, number>();
  for (const item of items.toReversed()) {
    // Only events: what follows from them bears the same score, at the time of arrival, which for imported history is long after.
    if (item.kind === 'event' && item.score !== null) points.set(Date.parse(item.occurredAt ?? item.at) / 1000, item.score);
  }
  points.set(now / 1000, scoreNow);
  const sorted = [...points].sort(([a], [b]) => a - b);
  return [sorted.map(([at]) => at), sorted.map(([, score]) => score)];
}
