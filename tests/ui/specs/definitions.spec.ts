import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/test';

test.use({ scenario: 'definitions' });
test.describe.configure({ mode: 'serial' });

test('A broken definition changes nothing and is shown with its place; a mended one is in force at once', async ({ signedIn: page, server }) => {
  const file = join(server.definitions, 'segments.yaml');
  const good = readFileSync(file, 'utf8');
  await page.goto('/definitions');

  writeFileSync(file, `${good}\nbroken-one: count('Order Completed' >= lots\n`);
  await page.getByRole('button', { name: /Reload/ }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('the version in force stays');
  await expect(alert).toContainText(/segments\.yaml:\d+:\d+/);

  writeFileSync(file, `${good}\nloyal:\n  name: Loyal ones\n  when: count('Order Completed') >= 5\n`);
  await page.getByRole('button', { name: /Reload/ }).click();
  await expect(page.getByText('is in force')).toBeVisible();
  await page.getByRole('link', { name: 'Segments', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Loyal ones' })).toBeVisible();
});

test('Reloading an unchanged folder says that nothing has changed', async ({ signedIn: page }) => {
  await page.goto('/definitions');
  await page.getByRole('button', { name: /Reload/ }).click();
  await expect(page.getByText('Nothing has changed')).toBeVisible();
});
