import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import { expect, test } from '../support/test';
import { snippet } from '../support/snippet';

type Customer = { key: string; traits: Record<string, unknown>; events: { total: number; byName: Record<string, number> } };

test.use({ scenario: 'segment-node' });
test.describe.configure({ mode: 'serial' });

/** What the documentation tells users to write, with the given server. */
function documented(server: string): Analytics {
  const settings = /new Analytics\((\{.*\})\)/.exec(snippet('docs/ingest.md', '@segment/analytics-node', server))?.[1] ?? '';
  return new Analytics((new Function(`return ${settings}`) as () => ConstructorParameters<typeof Analytics>[0])());
}

test('Every call of the Node.js SDK arrives once, in batches, in the order of the calls', async ({ server }) => {
  const analytics = documented(server.url);
  const errors: unknown[] = [];
  analytics.on('error', error => errors.push(error));
  analytics.page({ anonymousId: 'device-1', name: 'Home', properties: { url: 'https://shop.example.com/' } });
  analytics.identify({ userId: 'grace', anonymousId: 'device-1', traits: { email: 'grace@example.com', visits: 3 } });
  analytics.track({ userId: 'grace', event: 'Signed Up' });
  analytics.screen({ userId: 'grace', name: 'Cart' });
  analytics.group({ userId: 'grace', groupId: 'navy' });
  analytics.track({ userId: 'grace-hopper', event: 'Product Viewed', properties: { price: 12.5 } });
  analytics.alias({ userId: 'grace', previousId: 'grace-hopper' });
  for (let i = 0; i < 50; i++) analytics.track({ userId: 'grace', event: 'Product Added', timestamp: new Date(Date.now() - 60_000) });
  await analytics.closeAndFlush();

  await server.untilEvents('grace', 57);
  const grace = await server.api<Customer>('/customers/grace');
  expect(grace).toMatchObject({ key: 'u:grace', traits: { email: 'grace@example.com', visits: 3 } });
  expect(grace.events).toMatchObject({ total: 57, byName: { 'Signed Up': 1, 'Product Viewed': 1, 'Product Added': 50 } });
  for (const id of ['device-1', 'grace-hopper']) expect((await server.api<Customer>(`/customers/${id}`)).key).toBe('u:grace');
  expect(errors).toEqual([]);
  expect((await server.api<{ items: object[] }>('/rejected')).items).toEqual([]);
  await expect.poll(async () => (await server.api<{ items: { to: string }[] }>('/mailbox')).items.map(mail => mail.to)).toContain('grace@example.com');
});

test('A batch whose answer is lost, or that is told to come later, is sent again by the SDK and counted once', async ({ server }) => {
  let attempts = 0;
  const proxy = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      attempts += 1;
      if (attempts === 1) return void response.writeHead(429, { 'retry-after': '1' }).end();
      const headers = { authorization: request.headers.authorization ?? '', 'content-type': request.headers['content-type'] ?? '' };
      void fetch(server.url + request.url, { method: 'POST', headers, body: Buffer.concat(chunks) }).then(answer => {
        if (attempts === 2) request.socket.destroy();
        else response.writeHead(answer.status).end();
      });
    });
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const analytics = new Analytics({ writeKey: 'shop-web', host: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
  analytics.track({ userId: 'hedy', event: 'Product Viewed' });
  await analytics.closeAndFlush({ timeout: 30_000 });
  proxy.close();

  expect(attempts).toBe(3);
  await server.untilEvents('hedy', 1);
  await expect.poll(async () => (await server.api<{ events: { duplicates: number } }>('/stats')).events.duplicates).toBe(1);
  expect((await server.api<Customer>('/customers/hedy')).events).toMatchObject({ total: 1, byName: { 'Product Viewed': 1 } });
});
