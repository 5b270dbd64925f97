// The least of a browser that /t.js needs, so that the script as served runs against a real server: node browser.mjs <address> <scenario>.
import vm from 'node:vm';

const [address, scenario] = process.argv.slice(2);
const source = await (await fetch(`${address}/t.js`)).text();
const stored = new Map();

function visit({ path, fails = () => null, waiting, options = {} }) {
  const listeners = {};
  const requests = [];
  const on = (name, listener) => (listeners[name] ??= []).push(listener);
  const location = { href: `https://shop.example${path}`, pathname: path, search: '' };
  const window = {
    document: {
      currentScript: { src: `${address}/t.js`, dataset: { writeKey: 'shop-web-key', ...options } },
      title: 'Shop', referrer: 'https://search.example/', visibilityState: 'visible', addEventListener: on,
    },
    localStorage: {
      getItem: key => stored.get(key) ?? null,
      setItem: (key, value) => stored.set(key, value),
      removeItem: key => stored.delete(key),
    },
    history: { pushState: (state, title, next) => { location.pathname = next; location.href = `https://shop.example${next}`; } },
    navigator: {
      language: 'en', userAgent: 'test',
      sendBeacon: (url, body) => { requests.push(fetch(url, { method: 'POST', body })); return true; },
    },
    location, triggers: waiting, addEventListener: on, URL, Date, Math, setTimeout, clearTimeout, crypto,
    fetch: (url, init) => { const failure = fails(); return failure ?? fetch(url, init); },
  };
  window.window = window;
  vm.runInNewContext(source, window);
  return { window, requests, fire: (name, event = {}) => (listeners[name] ?? []).forEach(listener => listener(event)) };
}

const settle = ms => new Promise(resolve => setTimeout(resolve, ms));
const queued = () => JSON.parse(stored.get('triggers.queue') ?? '[]').length;
async function drained() {
  for (let waited = 0; queued() > 0; waited += 20) {
    if (waited > 15_000) throw new Error(`${queued()} events were still queued after 15 s`);
    await settle(20);
  }
}

if (scenario === 'visit') {
  const page = visit({ path: '/start', waiting: [['track', 'Early', { n: 1 }]] });
  page.window.triggers.identify('ann', { email: 'ann@example.com' });
  page.window.triggers.track('Product Viewed', { price: 12.5 });
  const button = { dataset: { track: 'Buy Clicked', trackProductId: 'p-1', trackPrice: '9.5', tracking: 'of another script' } };
  page.fire('click', { target: { closest: selector => (selector === '[data-track]' ? button : null) } });
  page.window.history.pushState(null, '', '/next');
  await settle(20);
  page.window.triggers.reset();
  page.window.triggers.track('Anonymous Again');
  await drained();
} else if (scenario === 'retry') {
  let failures = 2;
  const page = visit({ path: '/', options: { pageViews: 'false' }, fails: () => (failures-- > 0 ? Promise.reject(new Error('offline')) : null) });
  page.window.triggers.track('Kept');
  await drained();
} else if (scenario === 'large') {
  const page = visit({ path: '/', options: { pageViews: 'false' } });
  for (let n = 0; n < 20; n++) page.window.triggers.track('Large', { text: 'x'.repeat(30_000) });
  await drained();
} else if (scenario === 'leave') {
  const page = visit({ path: '/', fails: () => new Promise(() => {}) });
  page.window.triggers.track('Last Word');
  page.fire('pagehide');
  await Promise.all(page.requests);
  if (queued() > 0) throw new Error('the queue was not handed over');
} else if (scenario === 'return') {
  visit({ path: '/first', fails: () => Promise.reject(new Error('offline')) });
  visit({ path: '/second' });
  await drained();
}
process.exit(0);
