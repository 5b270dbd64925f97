const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** "206 MiB", "1.4 GiB". */
export function bytes(value: number): string {
  let unit = 0;
  let amount = value;
  while (amount >= 1024 && unit < SIZES.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount < 10 && unit > 0 ? oneDigit.format(amount) : whole.format(amount)} ${SIZES[unit] ?? ''}`;
}

/** A latency: "0.4 ms", "12 ms", "1.3 s". */
export function milliseconds(value: number): string {
  return value >= 1_000 ? seconds(value / 1_000) : `${value < 10 ? oneDigit.format(value) : whole.format(value)} ms`;
}

/** An age or an uptime, in the two units that say most: "0.4 s", "3 min 20 s", "2 d 4 h". */
export function seconds(value: number): string {
  if (value < 10) return `${oneDigit.format(value)} s`;
  const all = Math.floor(value);
  const parts: [number, string][] = [
    [Math.floor(all / 86_400), 'd'],
    [Math.floor(all / 3_600) % 24, 'h'],
    [Math.floor(all / 60) % 60, 'min'],
    [all % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}
