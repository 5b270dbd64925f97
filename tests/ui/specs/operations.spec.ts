import { expect, signUp, test } from '../support/test';

test.use({ scenario: 'operations' });

test('A server that does its work says so, with its node, its store and what it sends', async ({ signedIn: page, server }) => {
  await server.send(...signUp('ada', 'Ada Lovelace'));
  await server.untilEvents('ada', 2);
  await page.getByRole('link', { name: 'Operations' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Operations' })).toBeVisible();
  await expect(page.getByText('Everything is in order.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Partitions' })).toContainText('64 partitions, all caught up');
  await expect(page.getByRole('table', { name: 'Nodes' })).toContainText('Ready');
  await expect(page.getByRole('table', { name: 'Channels' })).toContainText('Email');
  await expect(page.getByRole('region', { name: 'Store' })).toContainText('SQLite');
});

test('A partition is looked at closely, by mouse and by keyboard', async ({ signedIn: page }) => {
  await page.goto('/operations');
  await page.getByRole('button', { name: 'Partition 7: caught up' }).click();
  await expect(page.getByRole('region', { name: 'Partition 7' })).toContainText('Committed to');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('region', { name: 'Partition 8' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Partition 8: caught up' })).toBeFocused();
});

test('What needs somebody stands at the top, and is as of the last answer when the server is away', async ({ signedIn: page, server }) => {
  await server.api('/sending/pause', 'POST');
  await page.goto('/operations');
  await expect(page.getByRole('list', { name: 'What needs somebody' })).toContainText('All sending is paused.');
  await page.route('**/api/v1/operations', route => route.abort());
  await expect(page.getByText('What is below is as of the last answer')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('list', { name: 'What needs somebody' })).toBeVisible();
});
