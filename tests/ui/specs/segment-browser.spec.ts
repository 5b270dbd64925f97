import type { Page } from '@playwright/test';
import type { AnalyticsBrowser } from '@segment/analytics-next';
import { expect, test as base } from '../support/test';
import { Site } from '../support/site';
import { snippet } from '../support/snippet';

declare global {
  interface Window {
    analytics: AnalyticsBrowser;
  }
}

type Customer = { key: string; email: string | null; traits: Record<string, unknown>; events: { total: number; byName: Record<string, number> }; anonymousIds: string[] };

const test = base.extend<object, { site: Site }>({
  site: [
    async ({ server }, use) => {
      // The example runs as it stands; the tests below then go on with its `analytics`.
      const site = await Site.start(`${snippet('README.md', '@segment/analytics-next', server.url)}\nwindow.analytics = analytics`);
      await use(site);
      await site.stop();
    },
    { scope: 'worker' },
  ],
});

test.use({ scenario: 'segment-browser' });
test.describe.configure({ mode: 'serial' });

test("README's example makes a customer who gets the welcome mail", async ({ page, server, site }) => {
  await open(page, site);
  await server.untilEvents('ada', 2);
  expect(await server.api<Customer>('/customers/ada')).toMatchObject({ email: 'ada@example.com', events: { total: 2, byName: { 'Signed Up': 1 } } });
  await expect.poll(async () => (await server.api<{ items: { to: string }[] }>('/mailbox')).items.map(mail => mail.to)).toEqual(['ada@example.com']);
});

test('Every call of the SDK arrives once, with its traits and properties', async ({ page, server, site }) => {
  await open(page, site);
  await page.evaluate(async () => {
    await window.analytics.reset();
    await window.analytics.page('Shop', 'Home', { theme: 'dark' });
  });
  const device = await anonymousId(page);
  await server.untilEvents(device, 1);
  await page.evaluate(async () => {
    // Before identify: afterwards the SDK puts the known id into an alias, whatever it is called with.
    await window.analytics.alias('grace');
    await window.analytics.identify('grace', { email: 'grace@example.com', name: 'Grace Hopper' });
    await window.analytics.track('Product Viewed', { product_id: 'p-1', price: 59.5 });
    await window.analytics.group('navy', { plan: 'fleet' });
  });
  await server.untilEvents('grace', 5);

  const grace = await server.api<Customer>('/customers/grace');
  expect(grace).toMatchObject({ key: 'u:grace', email: 'grace@example.com', traits: { name: 'Grace Hopper' }, anonymousIds: [device] });
  expect(grace.events).toMatchObject({ total: 5, byName: { 'Product Viewed': 1 } });
  expect((await server.api<Customer>(`/customers/${device}`)).key).toBe('u:grace');
  const { items } = await server.api<{ items: { kind: string; title: string; data: object }[] }>('/customers/grace/timeline');
  expect(items.filter(item => item.kind === 'event').map(item => item.title)).toEqual(['Group: navy', 'Product Viewed', 'Identify', 'Alias', 'Page: Home']);
  expect(items.find(item => item.title === 'Product Viewed')?.data).toEqual({ product_id: 'p-1', price: 59.5 });
  expect((await server.api<{ items: object[] }>('/rejected')).items).toEqual([]);
});

test('After a reset the next visitor of the browser is somebody else', async ({ page, server, site }) => {
  await open(page, site);
  await server.untilEvents('ada', 2);
  const before = await anonymousId(page);
  await page.evaluate(async () => {
    await window.analytics.reset();
    await window.analytics.track('Product Viewed');
  });
  const after = await anonymousId(page);
  expect(after).not.toBe(before);
  await server.untilEvents(after, 1);
  expect(await server.api<Customer>(`/customers/${after}`)).toMatchObject({ key: `a:${after}`, events: { total: 1 } });
});

test('What is tracked offline comes once when the network is back', async ({ page, server, site, context }) => {
  await open(page, site);
  await page.evaluate(async () => void (await window.analytics.identify('joan')));
  await server.untilEvents('joan', 1);
  await context.setOffline(true);
  await page.evaluate(() => void window.analytics.track('Product Viewed'));
  await context.setOffline(false);
  await server.untilEvents('joan', 2);
  expect((await server.api<Customer>('/customers/joan')).events.byName).toEqual({ identify: 1, 'Product Viewed': 1 });
});

test('An event whose answer is lost is sent again and counted once', async ({ page, server, site }) => {
  await open(page, site);
  await page.evaluate(async () => void (await window.analytics.identify('hedy')));
  await server.untilEvents('hedy', 1);
  let attempts = 0;
  await page.route('**/v1/t', async route => {
    attempts += 1;
    if (attempts > 1) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  const duplicates = async () => (await server.api<{ events: { duplicates: number } }>('/stats')).events.duplicates;
  const before = await duplicates();
  await page.evaluate(() => void window.analytics.track('Product Viewed'));
  await expect.poll(duplicates, { timeout: 30_000 }).toBe(before + 1);
  expect((await server.api<Customer>('/customers/hedy')).events).toMatchObject({ total: 2, byName: { 'Product Viewed': 1 } });
});

test('What a stopped server missed is sent from the browser\'s store by a later page', async ({ page, server, site }) => {
  await open(page, site);
  await page.evaluate(async () => void (await window.analytics.identify('mary')));
  await server.untilEvents('mary', 1);
  await server.stopProcess();
  const failed = page.waitForEvent('requestfailed');
  await page.evaluate(() => void window.analytics.track('Product Viewed'));
  await failed;
  await page.goto('about:blank');
  await server.startProcess();
  await open(page, site);
  await expect.poll(async () => (await server.api<Customer>('/customers/mary')).events.byName['Product Viewed'], { timeout: 30_000 }).toBe(1);
});

/** The module has run, with the calls of the example, once `analytics` is there. */
async function open(page: Page, site: Site): Promise<void> {
  await page.goto(site.url);
  await page.waitForFunction(() => 'analytics' in window);
}

const anonymousId = (page: Page): Promise<string> => page.evaluate(async () => String((await window.analytics.user()).anonymousId()));
