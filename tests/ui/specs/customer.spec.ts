import { answer, expect, signUp, test } from '../support/test';

test.use({ scenario: 'customer' });
test.describe.configure({ mode: 'serial' });

test('A customer is found by e-mail and shown with traits, segments, campaigns and timeline', async ({ signedIn: page, server }) => {
  await server.send(...signUp('grace', 'Grace Hopper'));
  await server.send({ type: 'track', userId: 'grace', event: 'Order Completed', properties: { order_id: 'o-1', total: 640, currency: 'USD' } });
  await server.untilEvents('grace', 3);

  await page.getByRole('textbox', { name: /Find a customer/ }).fill('grace@exa');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Grace Hopper' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Traits', exact: true })).toContainText('grace@example.com');
  await expect(page.getByRole('region', { name: 'Segments' })).toContainText('Big spenders');
  await expect(page.getByRole('region', { name: 'Campaigns' })).toContainText('Welcome');
  await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('Order Completed');
});

test('The timeline follows a new event by itself and can be narrowed to messages', async ({ signedIn: page, server }) => {
  await page.goto('/customers/grace');
  await server.send({ type: 'track', userId: 'grace', event: 'Product Reviewed', properties: { rating: 5 } });
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await expect(timeline.getByText('Product Reviewed', { exact: true })).toBeVisible();
  await timeline.getByText('Messages', { exact: true }).click();
  await expect(timeline.getByText('Welcome: welcome', { exact: true }).first()).toBeVisible();
  await expect(timeline.getByText('Product Reviewed', { exact: true })).toBeHidden();
});

test('A click on a trait shows the values that it had', async ({ signedIn: page, server }) => {
  await server.send({ type: 'identify', userId: 'grace', traits: { plan: 'free' } });
  await server.send({ type: 'identify', userId: 'grace', traits: { plan: 'pro' } });
  await page.goto('/customers/grace');
  await page.getByRole('region', { name: 'Traits', exact: true }).getByRole('button', { name: 'History of plan' }).click();
  const history = page.getByRole('dialog', { name: 'History of plan' });
  await expect(history.getByRole('listitem')).toHaveCount(2);
  await expect(history.getByRole('listitem').first()).toContainText('pro');
  await expect(history.getByRole('listitem').first()).toContainText('identify by');
});

test('Why a person is in a segment, and not in another, is answered beside the page', async ({ signedIn: page }) => {
  await page.goto('/customers/grace');
  await page.getByRole('region', { name: 'Segments' }).getByRole('button', { name: 'Why? Big spenders' }).click();
  const why = page.getByRole('dialog', { name: /Why\? Grace Hopper/ });
  await expect(why).toContainText('In segment Big spenders.');
  await expect(why.getByRole('list', { name: 'What was looked at' })).toContainText("sum('Order Completed', properties.total, within 365d) >= 500");
  await expect(why.getByRole('list', { name: 'What was looked at' })).toContainText('640');

  await why.getByRole('combobox', { name: 'Segment or campaign' }).click();
  await page.getByRole('option', { name: 'Repeat buyers' }).click();
  await expect(why.getByRole('alert')).toContainText('1 of 2; 1 more Order Completed by ');
  await page.goBack();
  await expect(why).toContainText('In segment Big spenders.');
  await why.getByRole('button', { name: 'Close' }).click();
  await expect(why).toBeHidden();
});

test('A decision of the timeline is explained as it was seen then', async ({ signedIn: page }) => {
  await page.goto('/customers/grace');
  await page.getByRole('button', { name: 'Why? Entered campaign Welcome' }).click();
  const why = page.getByRole('dialog', { name: /Why\?/ });
  await expect(why).toContainText('Entered campaign Welcome.');
  await expect(why).toContainText('As it was seen when it was decided');
  await expect(why).toContainText('the campaign is live');
});

test('A segment page shows its size, its condition and its members', async ({ signedIn: page }) => {
  await page.goto('/segments/big-spender');
  await expect(page.getByRole('heading', { level: 1, name: 'Big spenders' })).toBeVisible();
  await expect(page.getByLabel('Condition')).toContainText("sum('Order Completed'");
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await expect(page).toHaveURL(/\/customers\/grace$/);
});

test('A segment page counts who is in other segments too', async ({ signedIn: page }) => {
  await page.goto('/segments/big-spender');
  await page.getByRole('button', { name: 'Count' }).click();
  const others = page.getByRole('table', { name: 'Other segments' });
  await expect(others.getByRole('row', { name: /^Customers/ })).toContainText('100%');
  await others.getByRole('link', { name: 'Customers' }).click();
  await expect(page).toHaveURL(/\/segments\/customers$/);
  await expect(page.getByRole('button', { name: 'Count' })).toBeVisible();
});

test('Suppressing asks first, shows, and can be lifted', async ({ signedIn: page }) => {
  await page.goto('/customers/grace');
  await page.getByRole('button', { name: 'Suppress' }).click();
  await answer(page, 'Cancel');
  await expect(page.getByText('Suppressed', { exact: true })).toBeHidden();

  await page.getByRole('button', { name: 'Suppress' }).click();
  await answer(page, 'Suppress');
  await expect(page.getByText('Suppressed', { exact: true }).first()).toBeVisible();

  await page.getByRole('button', { name: 'Allow messages' }).click();
  await answer(page, 'Allow messages');
  await expect(page.getByRole('button', { name: 'Suppress' })).toBeVisible();
});

test('A template is previewed as the customer and sent as a test that the mailbox marks', async ({ signedIn: page }) => {
  await page.goto('/templates?template=welcome&customer=grace');
  await expect(page.frameLocator('iframe').getByText(/Grace/).filter({ visible: true }).first()).toBeVisible();
  await page.getByLabel('Send a test to').fill('me@example.com');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Test message')).toBeVisible();
  await page.goto('/mailbox');
  await expect(page.getByRole('link', { name: /me@example\.com.*Test/s })).toBeVisible();
});

test('An erased customer is gone', async ({ signedIn: page }) => {
  await page.goto('/customers/grace');
  await page.getByRole('button', { name: 'Erase' }).click();
  await answer(page, 'Erase for good');
  await expect(page).toHaveURL(/\/customers$/);
  await page.goto('/customers/grace');
  await expect(page.getByText('Nobody has this id')).toBeVisible();
});
