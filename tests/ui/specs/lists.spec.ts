import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answer, expect, signUp, test } from '../support/test';

test.use({ scenario: 'lists' });
test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ server }) => {
  await server.send(...signUp('ken', 'Ken Thompson'));
  await server.untilEvents('ken', 2);
});

test('A list is uploaded as a file, and what of it was left out is told', async ({ signedIn: page }) => {
  await page.goto('/lists');
  await expect(page.getByText('No lists yet')).toBeVisible();
  await page.getByRole('combobox', { name: 'List', exact: true }).fill('vip');
  await page.locator('input[type=file]').setInputFiles({ name: 'guests.csv', mimeType: 'text/csv', buffer: Buffer.from('email\nken@example.com\nnobody@example.com\n') });
  await page.getByRole('button', { name: 'Upload' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'vip has 1 user' })).toContainText('1 row left out: 1 not found');
  await expect(page.getByRole('table', { name: 'Rows that were left out' })).toContainText('nobody@example.com');
  await page.getByRole('link', { name: 'vip' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'vip' })).toBeVisible();
  await page.getByRole('link', { name: 'ken' }).click();
  await expect(page.getByRole('link', { name: 'vip' })).toBeVisible();
});

test('A list that definitions ask for and nobody uploaded is shown, with one of a like name', async ({ signedIn: page, server }) => {
  const file = join(server.definitions, 'segments.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nguests: list('vips')\n`);
  await page.goto('/definitions');
  await Promise.all([page.waitForResponse(response => response.url().endsWith('/definitions/reload') && response.ok()), page.getByRole('button', { name: /Reload/ }).click()]);
  await page.goto('/lists');
  const row = page.getByRole('row').filter({ hasText: 'not uploaded' });
  await expect(row).toContainText('Did you mean vip?');
  await expect(row).toContainText('segment guests');
});

test('A list that is removed takes everybody off', async ({ signedIn: page }) => {
  await page.goto('/lists/vip');
  await page.getByRole('button', { name: 'Remove' }).click();
  await answer(page, 'Remove the list');
  await expect(page.getByRole('heading', { level: 1, name: 'Lists' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'vip', exact: true })).toHaveCount(0);
});
