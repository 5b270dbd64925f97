import { describe, expect, test } from 'vitest';
import type { FeedItem, LiveDelta, LiveRates } from '../api/types';
import { FEED_LENGTH, LiveStore, SERIES_LENGTH } from './store';

const RATES: LiveRates = { eventsPerSecond: 1, messagesPerSecond: 2, queued: 3, lagRecords: 4, sendingPaused: false };

const item = (subject: string): FeedItem => ({ at: '2026-01-01T00:00:00Z', kind: 'segment-entered', customer: 'u:ada', subject, detail: '' });

const frame = (version: number, counters: Record<string, number> = {}, feed: FeedItem[] = []): LiveDelta => ({ version, counters, rates: RATES, feed });

function started(counters: Record<string, number> = {}): LiveStore {
  const store = new LiveStore();
  store.setStatus('live');
  store.applySnapshot(frame(10, counters));
  return store;
}

describe('LiveStore', () => {
  test('is not ready and refuses deltas before the first snapshot', () => {
    const store = new LiveStore();
    expect(store.ready).toBe(false);
    expect(store.applyDelta(frame(1, { 'events/total': 5 }))).toBe(false);
    expect(store.counter('events/total')).toBe(0);
  });

  test('replaces totals by those of the next delta and keeps the rest', () => {
    const store = started({ 'events/total': 100, 'messages/sent': 7 });
    expect(store.applyDelta(frame(11, { 'events/total': 120 }))).toBe(true);
    expect(store.counter('events/total')).toBe(120);
    expect(store.counter('messages/sent')).toBe(7);
  });

  test('asks for a new snapshot when a version is missing, and changes nothing', () => {
    const store = started({ 'events/total': 100 });
    expect(store.applyDelta(frame(12, { 'events/total': 130 }))).toBe(false);
    expect(store.counter('events/total')).toBe(100);
  });

  test('ignores a delta that the snapshot already holds', () => {
    const store = started({ 'events/total': 100 });
    expect(store.applyDelta(frame(10, { 'events/total': 90 }))).toBe(true);
    expect(store.counter('events/total')).toBe(100);
  });

  test('drops counters that a new snapshot does not name', () => {
    const store = started({ 'segment/old/size': 4 });
    store.applySnapshot(frame(20, { 'segment/new/size': 1 }));
    expect(store.counter('segment/old/size')).toBe(0);
  });

  test('puts the newest decisions first and keeps a bounded number', () => {
    const store = started();
    for (let version = 11; version < 11 + FEED_LENGTH + 5; version++) store.applyDelta(frame(version, {}, [item(`s${version}`)]));
    expect(store.feed).toHaveLength(FEED_LENGTH);
    expect(store.feed[0]?.subject).toBe(`s${10 + FEED_LENGTH + 5}`);
  });

  test('gives decisions that come again with a snapshot the numbers they had', () => {
    const store = started();
    store.applyDelta(frame(11, {}, [item('a')]));
    const before = store.feed[0]?.key;
    store.applySnapshot(frame(30, {}, [item('b'), item('a')]));
    expect(store.feed[1]?.key).toBe(before);
    expect(store.feed[0]?.key).not.toBe(before);
  });

  test('tells subscribers of every change until they leave', () => {
    const store = started();
    let told = 0;
    const leave = store.subscribe(() => told++);
    store.applyDelta(frame(11));
    leave();
    store.applyDelta(frame(12));
    expect(told).toBe(1);
  });

  test('measures rates between samples from the exact totals', () => {
    const store = started({ 'events/total': 100, 'messages/sent': 10 });
    store.sample(1_000);
    store.applyDelta(frame(11, { 'events/total': 150, 'messages/sent': 11 }));
    store.sample(3_000);
    expect(store.series).toEqual([{ at: 3_000, events: 25, messages: 0.5 }]);
  });

  test('takes no sample while the connection is down, so that the way back is no spike', () => {
    const store = started({ 'events/total': 0 });
    store.sample(1_000);
    store.setStatus('reconnecting');
    store.sample(2_000);
    store.setStatus('live');
    store.applySnapshot(frame(50, { 'events/total': 1_000_000 }));
    store.sample(3_000);
    store.sample(4_000);
    expect(store.series.map(sample => sample.events)).toEqual([0]);
  });

  test('puts what the server saw before it in front of its own samples, once', () => {
    const store = started({ 'events/total': 0 });
    store.sample(10_000);
    store.sample(11_000);
    store.applyPast([9_000, 10_500, 11_500].map(at => ({ at, events: 7, messages: 0 })));
    expect(store.series.map(sample => sample.at)).toEqual([9_000, 10_500, 11_000]);
  });

  test('keeps a bounded series', () => {
    const store = started();
    for (let second = 0; second < SERIES_LENGTH + 50; second++) store.sample(second * 1_000);
    expect(store.series).toHaveLength(SERIES_LENGTH);
  });
});
