import type { HistoryPoint, OperationsNode } from '../../api/operations';

/** The node for which a figure is largest; null: there is none. */
export const worst = (nodes: readonly OperationsNode[], figure: (node: OperationsNode) => number): OperationsNode | null =>
  nodes.reduce<OperationsNode | null>((most, node) => (most === null || figure(node) > figure(most) ? node : most), null);

const EVERY_MS = 5_000;

/** The worst of all nodes at each look, oldest first: `[seconds since 1970, commit p50, commit p99, lag in seconds]`. Nodes look each at their own instants. */
export function worstOverTime(histories: readonly (readonly HistoryPoint[])[]): [number[], number[], number[], number[]] {
  const looks = new Map<number, { p50: number; p99: number; lag: number }>();
  for (const point of histories.flat()) {
    const at = Math.round(new Date(point.at).getTime() / EVERY_MS) * EVERY_MS;
    const look = looks.get(at) ?? { p50: 0, p99: 0, lag: 0 };
    looks.set(at, { p50: Math.max(look.p50, point.commitP50Ms), p99: Math.max(look.p99, point.commitP99Ms), lag: Math.max(look.lag, point.lagSeconds) });
  }
  const sorted = [...looks].sort(([a], [b]) => a - b);
  return [sorted.map(([at]) => at / 1000), sorted.map(([, look]) => look.p50), sorted.map(([, look]) => look.p99), sorted.map(([, look]) => look.lag)];
}
