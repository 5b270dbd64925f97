/** A campaign's own totals, by the rest of their name: `entered`, `skipped/no address`, … */
export type Totals = ReadonlyMap<string, number>;

const NONE: Totals = new Map();
const OF_CAMPAIGN = 'campaign/';

/**
 * The counters of campaigns, by campaign. Who moves is given a new map, and nobody else: a page of hundreds of campaigns renders those that moved, and none of
 * them looks through the counters of all the others four times a second.
 */
export class CampaignTotals {
  #all: ReadonlyMap<string, Totals> = new Map();

  /** Another map whenever some campaign moved. */
  get all(): ReadonlyMap<string, Totals> {
    return this.#all;
  }

  of(id: string): Totals {
    return this.#all.get(id) ?? NONE;
  }

  /** Everything, as of one version. */
  replace(counters: Readonly<Record<string, number>>): void {
    this.#all = new Map();
    this.apply(counters);
  }

  /** The totals that changed, among those of others. */
  apply(counters: Readonly<Record<string, number>>): void {
    const moved = new Map<string, Map<string, number>>();
    for (const name in counters) {
      if (!name.startsWith(OF_CAMPAIGN)) continue;
      const end = name.indexOf('/', OF_CAMPAIGN.length);
      if (end < 0) continue;
      const id = name.slice(OF_CAMPAIGN.length, end);
      let own = moved.get(id);
      if (own === undefined) moved.set(id, (own = new Map(this.#all.get(id))));
      own.set(name.slice(end + 1), counters[name] ?? 0);
    }
    if (moved.size > 0) this.#all = new Map([...this.#all, ...moved]);
  }
}
