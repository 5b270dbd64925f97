import { test as base, expect, type Page } from '@playwright/test';
import { Server } from './server';

type Given = { signedIn: Page; silentConsole: void };
type GivenToAll = { scenario: string; server: Server };

/**
 * A server of its own for each file, which says so with `test.use({ scenario: … })`: other options mean another worker. A signed-in page, and a
 * test that fails on any error in the browser's console.
 */
export const test = base.extend<Given, GivenToAll>({
  scenario: ['', { option: true, scope: 'worker' }],
  server: [
    async ({ scenario }, use) => {
      if (scenario === '') throw new Error('Give the file a server of its own: test.use({ scenario: … }).');
      const server = await Server.start();
      await use(server);
      await server.dispose();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  silentConsole: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('pageerror', error => errors.push(error.message));
      page.on('console', message => {
        // What the network says of a stopped server or a refused request is the test's own doing.
        if (message.type() === 'error' && !/Failed to load resource|Failed to fetch dynamically|Unable to preload|WebSocket|ERR_/.test(message.text())) errors.push(message.text());
      });
      await use();
      expect(errors, 'errors in the console').toEqual([]);
    },
    { auto: true },
  ],
  signedIn: async ({ page, server }, use) => {
    await signIn(page, server);
    await use(page);
  },
});

export { expect };

export async function signIn(page: Page, server: Server, path = '/'): Promise<void> {
  await page.goto(path === '/' ? '/sign-in' : `/sign-in?return=${encodeURIComponent(path)}`);
  await page.getByLabel('Management key').fill(server.key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`**${path}`);
}

/** Answers the open dialog and waits until it is gone. */
export async function answer(page: Page, button: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: button }).click();
  await expect(dialog).toBeHidden();
}

/** What somebody who joins the shop sends. */
export const signUp = (userId: string, name: string): object[] => [
  { type: 'identify', userId, traits: { email: `${userId}@example.com`, name, firstName: name.split(' ')[0], newsletter: true } },
  { type: 'track', userId, event: 'Signed Up', properties: { method: 'email' } },
];
