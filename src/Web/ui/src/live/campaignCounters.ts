import type { CampaignCounters, Step } from '../api/types';
import type { Totals } from './campaignTotals';

/** A campaign's live totals in the shape in which the API gives its counters. */
export function campaignCounters(totals: Totals): CampaignCounters {
  const read = (name: string): number => totals.get(name) ?? 0;
  return {
    entered: read('entered'),
    active: read('active'),
    completed: read('completed'),
    exited: read('exited'),
    decided: read('decided'),
    sent: read('sent'),
    skipped: readGroup(totals, 'skipped/'),
    failed: read('failed'),
    opened: read('opened'),
    openedTotal: read('opened-total'),
    clicked: read('clicked'),
    clickedTotal: read('clicked-total'),
    unsubscribed: read('unsubscribed'),
    bounced: read('bounced'),
    complained: read('complained'),
    converted: read('converted'),
    revenue: readGroup(totals, 'revenue/'),
  };
}

/** The same step with the live counts in place of those of the last request. */
export function liveStep(totals: Totals, step: Step): Step {
  const read = (name: string): number => totals.get(`step/${step.id}/${name}`) ?? 0;
  return { ...step, reached: read('reached'), sent: read('sent'), opened: read('opened'), clicked: read('clicked') };
}

/** Every total that begins with the prefix and is not zero, by the rest of its name. */
function readGroup(totals: Totals, prefix: string): Record<string, number> {
  const group: Record<string, number> = {};
  for (const [name, total] of totals) {
    if (total !== 0 && name.startsWith(prefix)) group[name.slice(prefix.length)] = total;
  }
  return group;
}

/** What all campaigns together brought. */
export function conversions(campaigns: Iterable<Totals>): { converted: number; revenueByCurrency: Record<string, number> } {
  let converted = 0;
  const revenueByCurrency: Record<string, number> = {};
  for (const totals of campaigns) {
    converted += totals.get('converted') ?? 0;
    for (const [currency, worth] of Object.entries(readGroup(totals, 'revenue/'))) revenueByCurrency[currency] = (revenueByCurrency[currency] ?? 0) + worth;
  }
  return { converted, revenueByCurrency };
}
