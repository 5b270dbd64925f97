import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { CampaignCounters, LiveRates } from '../api/types';
import { campaignCounters } from './campaignCounters';
import type { Totals } from './campaignTotals';
import { startLive } from './connection';
import { LiveStore, type FeedEntry, type LiveStatus, type Sample } from './store';

const Context = createContext<LiveStore | null>(null);

/** Owns the live store and its one connection; everything below reads through the hooks of this file. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => new LiveStore());
  useEffect(() => startLive(store), [store]);
  return <Context.Provider value={store}>{children}</Context.Provider>;
}

export function useLiveStore(): LiveStore {
  const store = useContext(Context);
  if (store === null) throw new Error('useLiveStore needs a LiveProvider above it');
  return store;
}

function useLive<T>(read: (store: LiveStore) => T): T {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => read(store));
}

const readStatus = (store: LiveStore): LiveStatus => store.status;
const readReady = (store: LiveStore): boolean => store.ready;
const readRates = (store: LiveStore): LiveRates => store.rates;
const readFeed = (store: LiveStore): readonly FeedEntry[] => store.feed;
const readSeries = (store: LiveStore): readonly Sample[] => store.series;
const readCampaigns = (store: LiveStore): ReadonlyMap<string, Totals> => store.campaigns;
const readRevision = (store: LiveStore): number => store.revision;

export const useLiveStatus = (): LiveStatus => useLive(readStatus);
export const useLiveReady = (): boolean => useLive(readReady);
export const useLiveRates = (): LiveRates => useLive(readRates);
export const useLiveFeed = (): readonly FeedEntry[] => useLive(readFeed);
export const useLiveSeries = (): readonly Sample[] => useLive(readSeries);

/** One counter's total; renders again only when it moves. */
export const useCounter = (name: string): number => useLive(store => store.counter(name));

/** One campaign's totals; renders again only when the campaign moves. */
export const useCampaignTotals = (id: string): Totals => useLive(store => store.campaign(id));

export function useCampaignCounters(id: string): CampaignCounters {
  const totals = useCampaignTotals(id);
  return useMemo(() => campaignCounters(totals), [totals]);
}

/** The totals of all campaigns by id, for those who add them up; renders again when one of them moves. */
export const useCampaignsTotals = (): ReadonlyMap<string, Totals> => useLive(readCampaigns);

/** All counters, for those who read many of them by pattern; renders again when any of them moves. */
export function useCounters(): ReadonlyMap<string, number> {
  const store = useLiveStore();
  useLive(readRevision);
  return store.counters;
}
