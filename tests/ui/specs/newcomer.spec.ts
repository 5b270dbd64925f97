import { expect, signUp, test } from '../support/test';

test.use({ scenario: 'newcomer' });
test.describe.configure({ mode: 'serial' });

test('Somebody without a session is asked for the key and comes back to the page that was asked for', async ({ page, server }) => {
  await page.goto('/segments');
  await expect(page).toHaveURL(/\/sign-in\?return=/);
  await page.getByLabel('Management key').fill('not the key');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel('Management key').fill(server.key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Segments' })).toBeVisible();
});

test('The empty overview shows how to send a first event, and moves when it comes without a reload', async ({ signedIn: page, server }) => {
  await expect(page.getByText('Waiting for the first event')).toBeVisible();
  await expect(page.getByLabel('Events with curl', { exact: true })).toContainText('curl -u shop-web:');
  await expect(page.getByText('Live', { exact: true }).first()).toBeVisible();

  await server.send(...signUp('ada', 'Ada Lovelace'));

  await expect(page.getByText('Waiting for the first event')).toBeHidden();
  const feed = page.getByRole('region', { name: 'Decisions' });
  await expect(feed.getByText(/ada\s+started\s+Welcome/)).toBeVisible();
  await expect(feed.getByText(/ada\s+gets a message of\s+Welcome/)).toBeVisible();
});

test('The welcome mail is in the local mailbox, and reading it counts as an open', async ({ signedIn: page, server }) => {
  await page.getByRole('link', { name: 'Local mailbox' }).click();
  await page.getByRole('link', { name: /ada@example\.com/ }).click();
  await expect(page.frameLocator('iframe').getByText(/Ada/).filter({ visible: true }).first()).toBeVisible();
  await page.getByRole('tab', { name: 'Headers' }).click();
  await expect(page.getByText('List-Unsubscribe-Post')).toBeVisible();

  await page.getByRole('link', { name: 'Campaigns' }).click();
  await page.getByRole('link', { name: 'Welcome', exact: true }).click();
  await expect(page.getByRole('definition').filter({ hasText: /^1 message$/ }).first()).toBeVisible();
  const counters = await server.api<{ opened: number; sent: number; entered: number }>('/campaigns/welcome/counters');
  expect(counters).toMatchObject({ entered: 1, sent: 1, opened: 1 });
});

test('An event that cannot be taken in is listed with its reason', async ({ signedIn: page, server }) => {
  await server.send({ type: 'track', event: 'Product Viewed' });
  await page.getByRole('link', { name: 'Rejected events' }).click();
  await page.getByText(/userId|anonymousId/).first().click();
  await expect(page.locator('details[open]')).toContainText('Product Viewed');

  await server.send({ type: 'track', event: 'Product Added' });
  await page.reload();
  await page.getByText('2 of these').click();
  await expect(page.locator('details[open]')).toContainText('Product Added');
  await expect(page.locator('details[open]')).toContainText('Product Viewed');
});
