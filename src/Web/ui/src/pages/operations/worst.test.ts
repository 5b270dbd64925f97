import { expect, it } from 'vitest';
import type { HistoryPoint } from '../../api/operations';
import { worstOverTime } from './worst';

const point = (at: string, commitP50Ms: number, commitP99Ms: number, lagSeconds: number): HistoryPoint => ({ at, commitP50Ms, commitP99Ms, lagSeconds, lagRecords: 0, recordsPerSecond: 0 });

it('takes the worst of all nodes at each look', () => {
  const [at, p50, p99, lag] = worstOverTime([
    [point('2026-01-01T00:00:05.100Z', 1, 9, 0), point('2026-01-01T00:00:10.100Z', 2, 3, 4)],
    [point('2026-01-01T00:00:04.300Z', 5, 6, 1)],
  ]);

  expect(at.map(second => second - Date.UTC(2026, 0, 1) / 1000)).toEqual([5, 10]);
  expect([p50, p99, lag]).toEqual([
    [5, 2],
    [9, 3],
    [1, 4],
  ]);
});

it('is empty for nodes without a past', () => expect(worstOverTime([[], []])).toEqual([[], [], [], []]));
