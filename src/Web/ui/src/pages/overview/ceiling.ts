const BURST = 20;
const SHOWN = 4;

/** How high a chart of rates goes: to the highest, unless that is a burst (an import) which would press all the rest to the ground for a quarter of an hour. */
export function ceilingOf(values: readonly (number | null)[]): number {
  const sorted = values.filter(value => value !== null).sort((a, b) => a - b);
  const highest = sorted.at(-1) ?? 0;
  const usual = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
  return usual > 0 && highest > usual * BURST ? usual * SHOWN : highest;
}
