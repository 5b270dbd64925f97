import { expect, test } from 'vitest';
import type { TimelineItem } from '../../api/types';
import { scoreSeries } from './scoreSeries';

const item = (at: string, score: number | null): TimelineItem => ({ at, occurredAt: null, kind: 'event', title: 'page', detail: '', data: null, score, decision: null, subject: null, message: null });

test('runs from the oldest score to the one of now, leaving out items without one', () => {
  const items = [item('2026-01-01T00:00:20Z', 3), item('2026-01-01T00:00:10Z', null), item('2026-01-01T00:00:00Z', 1)];
  const now = Date.parse('2026-01-01T00:01:00Z');
  const start = Date.parse('2026-01-01T00:00:00Z') / 1000;
  expect(scoreSeries(items, 2.5, now)).toEqual([
    [start, start + 20, start + 60],
    [1, 3, 2.5],
  ]);
});

test('keeps the newest of scores of one instant', () => {
  const items = [item('2026-01-01T00:00:00Z', 5), item('2026-01-01T00:00:00Z', 4)];
  expect(scoreSeries(items, 5, Date.parse('2026-01-01T00:00:01Z'))[1]).toEqual([5, 5]);
});
