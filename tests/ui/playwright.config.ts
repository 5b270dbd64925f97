import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** The system's browser: none is downloaded. */
const candidates = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = candidates.find(path => path !== undefined && path !== '' && existsSync(path));
if (executablePath === undefined) throw new Error(`No Chromium was found (looked at ${candidates.filter(Boolean).join(', ')}). Install it, or name it in CHROMIUM.`);

const results = '../../artifacts/tests';

export default defineConfig({
  testDir: 'specs',
  outputDir: `${results}/ui`,
  // Each file starts a server of its own. A page waits more than it works; more than two would take the machine's two cores from each other.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // On a machine under load the browser's compositor has been seen to stall for a minute. A second attempt begins with a fresh browser and a fresh
  // server; run.mjs says how many needed it.
  retries: 1,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: `${results}/ui.json` }]],
  use: {
    locale: 'en-US',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
