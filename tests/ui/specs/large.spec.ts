import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/test';

test.use({ scenario: 'large' });

const CAMPAIGNS = 80;
const SEGMENTS = 120;
const LONG = 'w'.repeat(200);

test('With many campaigns and segments the overview shows the foremost, and lists are searched and stay so on the way back', async ({ signedIn: page, server }) => {
  for (let number = 0; number < CAMPAIGNS; number++) {
    const name = number === 7 ? LONG : `Number ${number} <b>"50 %"</b> / 🎉`;
    const status = number % 4 === 3 ? 'paused' : 'live';
    writeFileSync(
      join(server.definitions, `campaigns/many-${number}.yaml`),
      `campaign: many-${number}\nname: ${JSON.stringify(name)}\ndescription: ${LONG}\nstatus: ${status}\ntrigger: { event: Many ${number} }\nsteps: [ { wait: 1d } ]\n`,
    );
  }
  const segments = Array.from({ length: SEGMENTS }, (_, number) => `many-${number}: { name: ${number === 5 ? LONG : `Many ${number}`}, when: traits.many >= ${number} }\n`);
  writeFileSync(join(server.definitions, 'segments.yaml'), segments.join(''), { flag: 'a' });
  await server.api('/definitions/reload', 'POST');
  await server.send({ type: 'identify', userId: 'ada', traits: { many: 200 } }, { type: 'track', userId: 'ada', event: 'Many 77' });
  await server.untilEvents('ada', 2);

  await page.goto('/');
  await expect(page.getByText('Most entered campaigns')).toBeVisible();
  // Whoever is entered most comes first, whatever its id.
  await expect(page.getByRole('heading', { level: 3 }).first()).toContainText('Number 77');
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(12);
  await expect(page.getByRole('list', { name: 'Segment sizes' }).getByRole('listitem')).toHaveCount(10);
  await page.getByRole('link', { name: /^All \d+ campaigns$/ }).click();

  const rows = page.getByRole('table', { name: 'Campaigns' }).locator('tbody tr');
  await expect(rows).toHaveCount(50);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(rows).not.toHaveCount(50);
  await page.getByLabel('Find a campaign').fill('50 % number 42');
  await expect(rows).toHaveCount(1);
  await page.getByRole('link', { name: /Number 42/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Number 42 <b>"50 %"</b> / 🎉');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  await page.goBack();
  await expect(page.getByLabel('Find a campaign')).toHaveValue('50 % number 42');
  await expect(rows).toHaveCount(1);

  await page.goto('/customers/ada');
  await page.getByLabel('Find among the segments').fill('many 119');
  await expect(page.getByRole('link', { name: 'Many 119' })).toBeVisible();
});
