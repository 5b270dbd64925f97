import { expect, test } from '../support/test';

test.use({ scenario: 'shop' });

test('What a visitor of the demo shop does becomes a known customer with an order, a mail and a conversion', async ({ page, server, context }) => {
  await page.goto('/shop/');
  await page.getByRole('link', { name: /Oak side table/ }).click();
  await page.getByRole('button', { name: 'Add to the cart' }).click();
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByLabel('Your name').fill('Frances Allen');
  await page.getByLabel('E-mail').fill('frances@example.com');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByText('Hello, Frances')).toBeVisible();
  await page.getByRole('button', { name: /^Cart/ }).click();
  await page.getByRole('button', { name: 'To the checkout' }).click();
  await page.getByRole('button', { name: 'Place the order' }).click();
  await expect(page.getByRole('status')).toContainText('Thank you');

  const dashboard = await context.newPage();
  await dashboard.goto('/sign-in?return=/customers');
  await dashboard.getByLabel('Management key').fill(server.key);
  await dashboard.getByRole('button', { name: 'Sign in' }).click();
  await dashboard.getByRole('textbox', { name: /beginning of an id/ }).fill('frances@');
  await dashboard.getByRole('link', { name: 'Frances Allen' }).click();
  const timeline = dashboard.getByRole('region', { name: 'Timeline' });
  for (const event of ['Product Viewed', 'Product Added', 'Signed Up', 'Checkout Started', 'Order Completed']) {
    await expect(timeline.getByText(event, { exact: true }).first()).toBeVisible();
  }
  await expect(dashboard.getByRole('region', { name: 'Campaigns' })).toContainText('converted');
});
