import { answer, expect, signUp, test } from '../support/test';

test.use({ scenario: 'sending' });
test.describe.configure({ mode: 'serial' });

test('Pausing all sending asks first, says so on every page, and holds messages until it is resumed', async ({ signedIn: page, server }) => {
  await page.getByRole('button', { name: /Pause all sending/ }).click();
  await answer(page, 'Pause all sending');
  await expect(page.getByText('All sending is paused.')).toBeVisible();

  await server.send(...signUp('alan', 'Alan Turing'));
  await page.getByRole('link', { name: /^Messages/ }).click();
  await expect(page.getByText('All sending is paused.')).toBeVisible();
  const row = page.getByRole('row', { name: /alan@example\.com/ });
  await expect(row).toContainText('Queued');

  await page.getByRole('button', { name: /Resume sending/ }).click();
  await answer(page, 'Resume sending');
  await expect(page.getByText('All sending is paused.')).toBeHidden();
  await expect(row).toContainText('Sent');
});

test('A paused campaign lets nobody in until it is resumed', async ({ signedIn: page, server }) => {
  await page.goto('/campaigns/welcome');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await answer(page, 'Pause');
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();

  await server.send(...signUp('radia', 'Radia Perlman'));
  await server.untilEvents('radia', 2);
  expect((await server.api<{ campaigns: object[] }>('/customers/radia')).campaigns).toEqual([]);

  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await answer(page, 'Resume');
  await expect(page.locator('main header').getByText('Live', { exact: true })).toBeVisible();
  await server.send(...signUp('tony', 'Tony Hoare'));
  await expect(page.getByRole('row', { name: /tony@example\.com/ })).toContainText('Sent');
});

test('A lost connection is shown, and the numbers are right again when the server is back', async ({ signedIn: page, server }) => {
  const state = page.getByRole('status').filter({ hasText: /Live|Connecting|Reconnecting|Offline/ });
  await expect(state).toHaveText('Live');
  await server.stopProcess();
  await expect(state).toHaveText(/Reconnecting|Offline/);
  await server.startProcess();
  await expect(state).toHaveText('Live', { timeout: 30_000 });
  await server.send(...signUp('barbara', 'Barbara Liskov'));
  await expect(page.getByRole('region', { name: 'Decisions' }).getByText(/barbara\s+started\s+Welcome/)).toBeVisible();
});

test('A page that is first opened while the server is away comes when it is back', async ({ signedIn: page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const state = page.getByRole('status').filter({ hasText: /Live|Connecting|Reconnecting|Offline/ });
  await expect(state).toHaveText('Live');
  await server.stopProcess();
  await expect(state).toHaveText(/Reconnecting|Offline/);
  expect(await page.locator('header').first().evaluate(header => header.scrollWidth - header.clientWidth), 'pixels of the header beyond the right edge').toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Open the menu' }).click();
  await page.getByRole('link', { name: 'Segments' }).click();
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached');
  await server.startProcess();
  await expect(page.getByRole('heading', { level: 1, name: 'Segments' })).toBeVisible({ timeout: 30_000 });
});
