import { expect, signUp, test } from '../support/test';

test.use({ scenario: 'groups' });
test.describe.configure({ mode: 'serial' });

test('A group is found by name and shown with its traits and members', async ({ signedIn: page, server }) => {
  await server.send(...signUp('grace', 'Grace Hopper'));
  await server.send({ type: 'group', userId: 'grace', groupId: 'acme', traits: { name: 'Acme Works', plan: 'free' } });
  await server.send({ type: 'group', userId: 'ada', groupId: 'acme', traits: { plan: 'enterprise' } });
  await server.untilEvents('ada', 1);

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Groups' }).click();
  await page.getByRole('textbox', { name: /Find by the beginning/ }).fill('acme w');
  await page.getByRole('link', { name: 'Acme Works' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Acme Works' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Traits' })).toContainText('enterprise');
  await expect(page.getByRole('region', { name: 'Members' })).toContainText('Grace Hopper');

  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  const groups = page.getByRole('region', { name: 'Groups' });
  await expect(groups).toContainText('enterprise');
  await groups.getByRole('link', { name: 'acme' }).click();
  await page.getByRole('button', { name: 'Erase' }).click();
  await page.getByRole('button', { name: 'Erase for good' }).click();
  await expect(page.getByText('No groups yet')).toBeVisible();
});
