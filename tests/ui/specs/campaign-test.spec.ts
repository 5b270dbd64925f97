import { expect, signUp, test } from '../support/test';

test.use({ scenario: 'simulate' });

test('One person goes through a campaign from its page, and nothing of it stays', async ({ signedIn: page, server }) => {
  await server.send(...signUp('ada', 'Ada Lovelace'));
  await server.untilEvents('ada', 2);
  await page.goto('/campaigns/welcome');

  const panel = page.getByRole('region', { name: 'Test', exact: true });
  await panel.getByRole('combobox', { name: 'Customer' }).fill('ada');
  await panel.getByRole('button', { name: 'Test', exact: true }).click();

  // She had her welcome: what keeps her out is said, and she can be let in.
  await expect(panel.getByRole('alert')).toContainText('Keeps them out');
  await panel.getByRole('button', { name: 'Let them in anyway' }).click();
  await expect(panel.getByText(/^Entered anyway, completed/)).toBeVisible();
  const mail = panel.getByRole('list', { name: 'What happened' }).getByRole('listitem').filter({ hasText: 'In earnest it would go to' });
  await mail.getByText(/^\[Test\]/).click();
  await expect(mail.locator('iframe')).toBeVisible();

  const counters = await page.request.get('/api/v1/campaigns/welcome/counters');
  expect((await counters.json()).entered).toBe(1);
});

test('Somebody made up is tested with what they do later, and unreadable input is told', async ({ signedIn: page }) => {
  await page.goto('/campaigns/welcome');
  const panel = page.getByRole('region', { name: 'Test', exact: true });
  await panel.getByText('Somebody made up').click();
  await panel.getByLabel('Traits').fill('{ "email": ');
  await expect(panel.getByText('This is not JSON yet')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Test', exact: true })).toBeDisabled();
  await panel.getByLabel('Traits').fill('{ "email": "bo@example.com", "firstName": "Bo" }');
  await panel.getByRole('button', { name: 'Add something they do later' }).click();
  await panel.getByRole('list', { name: 'What else they do' }).getByRole('textbox', { name: 'Event', exact: true }).fill('Order Completed');
  await panel.getByRole('button', { name: 'Test', exact: true }).click();

  await expect(panel.getByText(/^Entered, /)).toBeVisible();
  await expect(panel.getByRole('list', { name: 'What happened' })).toContainText('Order Completed');
});

test('Messages of a test go to a test address and are kept as such; elsewhere they are refused', async ({ signedIn: page }) => {
  await page.goto('/campaigns/welcome');
  const panel = page.getByRole('region', { name: 'Test', exact: true });
  await panel.getByText('Somebody made up').click();
  await panel.getByRole('button', { name: 'Test', exact: true }).click();

  const to = panel.getByLabel('Send the messages of the test to');
  await to.fill('somebody@elsewhere.example');
  await panel.getByRole('button', { name: 'Send as a test' }).click();
  await expect(panel.getByRole('alert').filter({ hasText: 'It was not sent' })).toContainText("'somebody@elsewhere.example' is no test address");
  await to.fill('qa@example.com');
  await panel.getByRole('button', { name: 'Send as a test' }).click();
  await expect(panel.getByText('Test sent to qa@example.com').first()).toBeVisible();

  await page.goto('/mailbox');
  await expect(page.getByText('qa@example.com').first()).toBeVisible();
});
