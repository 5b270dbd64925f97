import type { FeedItem, LiveDelta, LiveRates, LiveSnapshot } from '../api/types';
import { CampaignTotals, type Totals } from './campaignTotals';

/** Where the live connection stands, as the header shows it. */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'offline';

/** A feed item with a number of its own, so that lists keep their place when new ones arrive. Fresh: it came while one was looking. */
export type FeedEntry = FeedItem & { key: number; fresh: boolean };

/** One second, by its end (ms since 1970): how many events and messages it saw. */
export type Sample = { at: number; events: number; messages: number };

export const FEED_LENGTH = 60;
/** A quarter of an hour at a sample a second: what an overview left open on a wall shows. */
export const SERIES_LENGTH = 900;

const NO_RATES: LiveRates = { eventsPerSecond: 0, messagesPerSecond: 0, queued: 0, lagRecords: 0, sendingPaused: false };

/** The newest known counters, rates and decisions; readers subscribe and are told of every change. */
export class LiveStore {
  #version = -1;
  #counters = new Map<string, number>();
  readonly #campaigns = new CampaignTotals();
  #revision = 0;
  #rates = NO_RATES;
  #feed: readonly FeedEntry[] = [];
  #series: readonly Sample[] = [];
  #status: LiveStatus = 'connecting';
  #lastKey = 0;
  #lastSample: { at: number; events: number; messages: number } | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get status(): LiveStatus {
    return this.#status;
  }

  /** True once a snapshot has come: before it, zero means unknown. */
  get ready(): boolean {
    return this.#version >= 0;
  }

  /** Grows with each change of any counter: a cheap thing to depend on for those who read many. */
  get revision(): number {
    return this.#revision;
  }

  get rates(): LiveRates {
    return this.#rates;
  }

  get feed(): readonly FeedEntry[] {
    return this.#feed;
  }

  get series(): readonly Sample[] {
    return this.#series;
  }

  get counters(): ReadonlyMap<string, number> {
    return this.#counters;
  }

  /** Totals of all campaigns, by id: another map when one of them moved. */
  get campaigns(): ReadonlyMap<string, Totals> {
    return this.#campaigns.all;
  }

  /** Those of one campaign: another map when it moved. */
  campaign(id: string): Totals {
    return this.#campaigns.of(id);
  }

  counter(name: string): number {
    return this.#counters.get(name) ?? 0;
  }

  setStatus(status: LiveStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#notify();
  }

  setSendingPaused(sendingPaused: boolean): void {
    this.#rates = { ...this.#rates, sendingPaused };
    this.#notify();
  }

  /** Replaces everything: the server's whole state as of one version. */
  applySnapshot(snapshot: LiveSnapshot): void {
    this.#version = snapshot.version;
    this.#counters = new Map(Object.entries(snapshot.counters));
    this.#campaigns.replace(snapshot.counters);
    this.#revision++;
    this.#rates = snapshot.rates;
    this.#feed = this.#recognise(snapshot.feed.slice(0, FEED_LENGTH));
    this.#notify();
  }

  /** Applies the next version. False: one is missing, and the caller must ask for a new snapshot. */
  applyDelta(delta: LiveDelta): boolean {
    if (this.#version < 0) return false;
    if (delta.version <= this.#version) return true;
    if (delta.version !== this.#version + 1) return false;

    this.#version = delta.version;
    for (const [name, total] of Object.entries(delta.counters)) this.#counters.set(name, total);
    this.#campaigns.apply(delta.counters);
    this.#revision++;
    this.#rates = delta.rates;
    if (delta.feed.length > 0) {
      const fresh = delta.feed.map(item => this.#entry(item, true));
      this.#feed = [...fresh, ...this.#feed].slice(0, FEED_LENGTH);
    }
    this.#notify();
    return true;
  }

  /** What the server saw before this page did. */
  applyPast(seconds: readonly Sample[]): void {
    const first = this.#series[0]?.at ?? Number.POSITIVE_INFINITY;
    this.#series = [...seconds.filter(second => second.at < first), ...this.#series].slice(-SERIES_LENGTH);
    this.#notify();
  }

  /** Called about once a second. Rates come from the exact counters, so a browser that slept shows the true mean of its sleep. */
  sample(now: number): void {
    if (!this.ready || this.#status !== 'live') {
      this.#lastSample = null;
      return;
    }
    const events = this.counter('events/total');
    const messages = this.counter('messages/sent');
    const last = this.#lastSample;
    this.#lastSample = { at: now, events, messages };
    if (last === null || now <= last.at) return;

    const seconds = (now - last.at) / 1000;
    const next: Sample = {
      at: now,
      events: Math.max(0, events - last.events) / seconds,
      messages: Math.max(0, messages - last.messages) / seconds,
    };
    this.#series = [...this.#series.slice(-(SERIES_LENGTH - 1)), next];
    this.#notify();
  }

  /** After a gap most of the feed was seen before: those items keep their numbers, so that the list does not move as if all were new. */
  #recognise(items: readonly FeedItem[]): FeedEntry[] {
    const known = new Map(this.#feed.map(entry => [fingerprint(entry), entry]));
    return items.map(item => {
      const print = fingerprint(item);
      const entry = known.get(print);
      known.delete(print);
      return entry ?? this.#entry(item, false);
    });
  }

  #entry(item: FeedItem, fresh: boolean): FeedEntry {
    return { ...item, key: ++this.#lastKey, fresh };
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

const fingerprint = (item: FeedItem): string => [item.at, item.kind, item.customer, item.subject, item.detail].join('\n');
