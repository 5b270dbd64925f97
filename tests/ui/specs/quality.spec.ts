import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/test';

test.use({ scenario: 'quality' });

const PLAN = `
events:
  Order Completed:
    violations: reject
    properties:
      total: { type: number, required: true, minimum: 0 }
  Product Viewed:
    properties: { price: number, 'variants[].sku': string }
`;

test('The tracking plan refuses and flags, and the page of rejected events shows what was not as planned and what events are like', async ({ signedIn: page, server }) => {
  writeFileSync(join(server.definitions, 'plan.yaml'), PLAN);
  await server.api('/definitions/reload', 'POST');
  await server.send(
    ...Array.from({ length: 12 }, (_, index) => ({ type: 'track', userId: `u${index}`, event: 'Product Viewed', properties: { price: 10 + index } })),
    { type: 'track', anonymousId: 'x', event: 'Product Viewed', properties: { price: '12.50', variants: [{ sku: 'a' }] } },
    { type: 'track', anonymousId: 'x', event: 'Product Veiwed' },
    { type: 'track', userId: 'ann', event: 'Order Completed', properties: { total: -1 } },
  );

  await page.goto('/rejected');
  await expect(page.getByText("The tracking plan refuses this 'Order Completed': total: expected a number from 0, found the number -1.")).toBeVisible();
  const violations = page.getByRole('table', { name: 'Violations of the tracking plan' });
  await expect(violations.getByRole('row', { name: /Order Completed\s*total.*a number from 0.*the number -1.*rejected/ })).toBeVisible();
  await expect(violations.getByRole('row', { name: /Product Viewed\s*price.*a number.*the text '12\.50'.*taken in, flagged/ })).toBeVisible();
  const quality = page.getByRole('table', { name: 'Data quality' });
  await expect(quality.getByRole('row', { name: /Product Viewed.*price comes as string \(1\) and number \(12\)/ })).toBeVisible();
  await expect(quality.getByRole('row', { name: /Product Veiwed.*Was Product Viewed meant\?.*100%/ })).toBeVisible();
});
