import { expect, signUp, test } from '../support/test';

test.use({ scenario: 'simulate' });

test('A campaign is tried on the real past from its page, and says who would have got something', async ({ signedIn: page, server }) => {
  await server.send(...signUp('ada', 'Ada Lovelace'));
  await server.untilEvents('ada', 2);
  await page.goto('/campaigns/welcome');

  const panel = page.getByRole('region', { name: 'On the real past' });
  await panel.getByText('Everything').click();
  await panel.getByRole('button', { name: 'Simulate' }).click();

  await expect(panel.getByText('1 were sent then')).toBeVisible();
  await expect(panel.getByText('By customer and step: 1 as then, 0 new, 0 that would not be sent any more.')).toBeVisible();
  await panel.getByRole('list', { name: 'Examples' }).getByRole('link', { name: 'ada' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ada Lovelace' })).toBeVisible();
});

test('A simulation that the server refuses says why', async ({ signedIn: page }) => {
  await page.route('**/api/v1/simulations', route =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ status: 409, title: 'It cannot be done now', detail: 'Another simulation is running: wait for its end.' }) }),
  );
  await page.goto('/campaigns/welcome');
  await page.getByRole('button', { name: 'Simulate' }).click();
  await expect(page.getByRole('alert')).toContainText('Another simulation is running');
});
