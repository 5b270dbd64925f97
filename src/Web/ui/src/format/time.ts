const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
  ['month', 2_629_800],
  ['year', 31_557_600],
];

/** "3 min. ago", "in 2 days"; under five seconds: "just now". */
export function ago(at: string | number, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  if (Math.abs(seconds) < 5) return 'just now';
  let unit = UNITS[0];
  for (const candidate of UNITS) {
    if (Math.abs(seconds) >= candidate[1]) unit = candidate;
  }
  return unit === undefined ? '' : relative.format(Math.trunc(seconds / unit[1]), unit[0]);
}

export const fullTime = (at: string | number): string => full.format(new Date(at));

const SERVER_INSTANT = /\b(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\dZ)/g;

/** A sentence of the server's, its instants by this browser's clock like all others of a page. */
export const withLocalTimes = (text: string): string => text.replace(SERVER_INSTANT, (_, on: string, at: string) => fullTime(`${on}T${at}`));

export const timeOfDay = (at: string | number): string => clockTime.format(new Date(at));

export const date = (at: string | number): string => day.format(new Date(at));
