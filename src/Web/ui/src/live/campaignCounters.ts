import type { CampaignCounters, Step } from '../api/types';

/** A campaign's counters out of the live ones, in the shape in which the API gives them. */
export function campaignCounters(counters: ReadonlyMap<string, number>, id: string): CampaignCounters {
  const prefix = `campaign/${id}/`;
  const read = (name: string): number => counters.get(prefix + name) ?? 0;
  return {
    entered: read('entered'),
    active: read('active'),
    completed: read('completed'),
    exited: read('exited'),
    decided: read('decided'),
    sent: read('sent'),
    skipped: readGroup(counters, `${prefix}skipped/`),
    failed: read('failed'),
    opened: read('opened'),
    openedTotal: read('opened-total'),
    clicked: read('clicked'),
    clickedTotal: read('clicked-total'),
    unsubscribed: read('unsubscribed'),
    bounced: read('bounced'),
    complained: read('complained'),
    converted: read('converted'),
    revenue: readGroup(counters, `${prefix}revenue/`),
  };
}

/** The same step with the live counts in place of those of the last request. */
export function liveStep(counters: ReadonlyMap<string, number>, campaign: string, step: Step): Step {
  const read = (name: string): number => counters.get(`campaign/${campaign}/step/${step.id}/${name}`) ?? 0;
  return { ...step, reached: read('reached'), sent: read('sent'), opened: read('opened'), clicked: read('clicked') };
}

/** Every counter that begins with the prefix and is not zero, by the rest of its name. */
export function readGroup(counters: ReadonlyMap<string, number>, prefix: string): Record<string, number> {
  const group: Record<string, number> = {};
  for (const [name, total] of counters) {
    if (total !== 0 && name.startsWith(prefix)) group[name.slice(prefix.length)] = total;
  }
  return group;
}

const CONVERSION = /^campaign\/[^/]+\/(?:converted|revenue\/(\w+))$/;

/** What all campaigns together brought. */
export function conversions(counters: ReadonlyMap<string, number>): { converted: number; revenueByCurrency: Record<string, number> } {
  let converted = 0;
  const revenueByCurrency: Record<string, number> = {};
  for (const [name, total] of counters) {
    const match = CONVERSION.exec(name);
    if (match === null) continue;
    const currency = match[1];
    if (currency === undefined) converted += total;
    else revenueByCurrency[currency] = (revenueByCurrency[currency] ?? 0) + total;
  }
  return { converted, revenueByCurrency };
}
