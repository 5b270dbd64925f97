import { expect, test } from 'vitest';
import { campaignCounters, conversions, liveStep } from './campaignCounters';
import { CampaignTotals } from './campaignTotals';

const TOTALS = new CampaignTotals();
TOTALS.replace({
  'campaign/welcome/entered': 10,
  'campaign/welcome/skipped/no address': 2,
  'campaign/welcome/skipped/frequency cap': 0,
  'campaign/welcome/revenue/USD': 1250,
  'campaign/welcome/converted': 1,
  'campaign/welcome/step/0/sent': 8,
  'campaign/welcome-back/entered': 99,
  'campaign/welcome-back/revenue/USD': 50,
  'campaign/welcome-back/converted': 2,
});

test('reads a campaign out of the live counters, and not those of another whose id begins alike', () => {
  const counters = campaignCounters(TOTALS.of('welcome'));
  expect(counters.entered).toBe(10);
  expect(counters.skipped).toEqual({ 'no address': 2 });
  expect(counters.revenue).toEqual({ USD: 1250 });
});

test('puts live counts into a step', () => {
  const step = liveStep(TOTALS.of('welcome'), { id: '0', kind: 'send', title: 'Send', depth: 0, path: '', reached: 0, sent: 1, opened: 0, clicked: 0 });
  expect(step.sent).toBe(8);
});

test('adds up what all campaigns brought', () => {
  expect(conversions(TOTALS.all.values())).toEqual({ converted: 3, revenueByCurrency: { USD: 1300 } });
});
