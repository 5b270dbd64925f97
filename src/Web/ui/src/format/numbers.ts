const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percentWhole = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const percentFine = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

export const count = (value: number): string => whole.format(value);

/** Exact while it fits into a few digits, then 12.3K, 4.5M. */
export const short = (value: number): string => (Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value));

/** A rate: digits after the point while it is small. */
export const rate = (value: number): string => (value < 1 ? twoDigits.format(value) : value < 10 ? oneDigit.format(value) : short(value));

/** Money in major units, or a number that is often below one. */
export const amount = (value: number): string => twoDigits.format(value);

export const score = (value: number): string => oneDigit.format(value);

/** The share of the whole; a dash where there is no whole. */
export function share(part: number, total: number): string {
  if (total <= 0) return '–';
  const ratio = part / total;
  return ratio > 0 && ratio < 0.1 ? percentFine.format(ratio) : percentWhole.format(ratio);
}

/** A number of hundredths: "0.4%". */
export const percent = (value: number): string => percentFine.format(value / 100);

/** "1 customer", "2,000 customers". */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;
