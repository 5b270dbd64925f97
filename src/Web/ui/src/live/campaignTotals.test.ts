import { expect, test } from 'vitest';
import { CampaignTotals } from './campaignTotals';

test('gives each campaign its own totals, by the rest of their name', () => {
  const totals = new CampaignTotals();
  totals.replace({ 'events/total': 9, 'campaign/welcome/entered': 3, 'campaign/welcome/skipped/no address': 1, 'campaign/welcome-back/entered': 5 });
  expect([...totals.of('welcome')]).toEqual([
    ['entered', 3],
    ['skipped/no address', 1],
  ]);
  expect(totals.of('nobody').size).toBe(0);
});

test('a campaign that did not move keeps its very map, so that it is not rendered again', () => {
  const totals = new CampaignTotals();
  totals.replace({ 'campaign/a/entered': 1, 'campaign/b/entered': 1 });
  const [a, b, all] = [totals.of('a'), totals.of('b'), totals.all];
  totals.apply({ 'campaign/a/entered': 2 });
  expect(totals.of('a')).not.toBe(a);
  expect(totals.of('a').get('entered')).toBe(2);
  expect(totals.of('b')).toBe(b);
  expect(totals.all).not.toBe(all);
});

test('nothing moves where no campaign did', () => {
  const totals = new CampaignTotals();
  totals.replace({ 'campaign/a/entered': 1 });
  const all = totals.all;
  totals.apply({ 'events/total': 2, 'segment/x/size': 1 });
  expect(totals.all).toBe(all);
});
