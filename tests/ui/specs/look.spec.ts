import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, signUp, test } from '../support/test';

test.use({ scenario: 'look' });
// The pages are many: every worker takes some, with a server of its own.
test.describe.configure({ mode: 'parallel' });

const PAGES = [
  '/', '/campaigns', '/campaigns/abandoned-cart', '/segments', '/segments/newsletter', '/lists', '/lists/vip', '/customers', '/customers/ken', '/customers/ken?why=segment:high-intent', '/customers/ken?why=campaign:abandoned-cart',
  '/messages', '/dead-letters',
  '/mailbox', '/templates', '/definitions', '/operations', '/rejected', '/nowhere',
];

test.beforeAll(async ({ server }) => {
  await server.send(...signUp('ken', 'Ken Thompson'), ...signUp('a-very-long-user-id-that-some-shop-made-of-a-hash-0123456789abcdef', 'Bartholomew Featherstonehaugh-Cholmondeley'));
  await server.untilEvents('ken', 2);
  await server.api('/lists/vip', 'PUT', 'ken\n');
});

for (const path of PAGES) {
  test(`${path} fits a phone and a wall, and passes the accessibility rules in light and dark`, async ({ signedIn: page }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByLabel('Loading')).toHaveCount(0);
    for (const width of [390, 1440, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect.poll(overflow, { message: `pixels beyond the right edge at ${width}` }).toBeLessThanOrEqual(0);
    }
    // Before the colours change: a transition that has begun goes on.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      await coloursHaveCome(page);
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
      expect(violations.map(rule => `${colorScheme}: ${rule.id}: ${rule.nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([]);
    }
  });
}

/** Two frames later every style is the new scheme's, and what moves there all the same has arrived. */
async function coloursHaveCome(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise<void>(next => requestAnimationFrame(() => requestAnimationFrame(() => next())));
    const ending = document.getAnimations().filter(animation => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(animation => animation.finished));
  });
}

test('A long reason leaves an address the room of its line', async ({ signedIn: page }) => {
  const letter = {
    id: '0123', customer: 'ken', campaign: 'welcome', step: 'greeting', channel: 'email', template: 'welcome', address: 'ken.thompson@example.com', status: 'failed',
    reason: 'ken.thompson@example.com: 550 Mailbox unavailable. The server response was: 5.1.1 The account that you tried to reach does not exist. Please check the address for typing errors.',
    attempts: 1, decidedAt: '2026-01-31T12:00:00Z', closedAt: '2026-01-31T12:00:01Z',
  };
  await page.route('**/api/v1/dead-letters*', route => route.fulfill({ json: { items: [letter], next: null } }));
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/dead-letters');
  const address = page.getByText(letter.address, { exact: true });
  const lines = () => address.evaluate(text => Math.round(text.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(text).lineHeight)));
  await expect.poll(lines, { message: 'lines of the address' }).toBe(1);
});

test('The menu of a phone opens, leads on and closes', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Open the menu' }).click();
  await page.getByRole('link', { name: 'Campaigns' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Campaigns' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Open the menu' })).toBeVisible();
});

test('The keyboard alone finds a customer', async ({ signedIn: page }) => {
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('ken');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\?query=ken/);
  await page.getByRole('link', { name: 'Ken Thompson' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Ken Thompson' })).toBeVisible();
});
