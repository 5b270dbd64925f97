// The least of a browser that /t.js needs, so that the script as served runs against a real server: node browser.mjs <address> <scenario>.
import vm from 'node:vm';

const [address, scenario] = process.argv.slice(2);
const source = await (await fetch(`${address}/t.js`)).text();
const stored = Object.create({
  getItem(name) { return Object.hasOwn(this, name) ? this[name] : null; },
  setItem(name, value) { this[name] = String(value); },
  removeItem(name) { delete this[name]; },
});

const listening = [];

function visit({ path, fails = () => null, waiting, options = {}, document = {} }) {
  const listeners = {};
  const requests = [];
  const on = (name, listener) => (listeners[name] ??= []).push(listener) && listening.push(name);
  const location = { href: `https://shop.example${path}`, pathname: path, search: '' };
  const window = {
    document: {
      currentScript: { src: `${address}/t.js`, dataset: { writeKey: 'shop-web-key', ...options } },
      title: 'Shop', referrer: 'https://search.example/', visibilityState: 'visible', addEventListener: on, ...document,
    },
    localStorage: stored,
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
const queued = () => Object.keys(stored).filter(name => name.startsWith('triggers.event.')).length;
const quiet = { pageViews: 'false' };
const away = () => Promise.reject(new Error('offline'));
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
  page.fire('click', { composedPath: () => [{}, { dataset: {} }, button, page.window.document, page.window] });
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
} else if (scenario === 'away') {
  const page = visit({ path: '/', options: quiet, fails: away });
  page.window.triggers.track('Kept');
  await settle(200);
  page.fire('pagehide');
  if (page.requests.length > 0 || queued() !== 1) throw new Error('the queue was handed over to a server that is away');
  visit({ path: '/next', options: quiet });
  await drained();
} else if (scenario === 'tabs') {
  const names = [];
  stored.setItem = function (name, value) { if (names.includes(name)) throw new Error(`${name} was written twice`); names.push(name); this[name] = value; };
  Object.defineProperty(stored, 'setItem', { enumerable: false });
  const tabs = [visit({ path: '/a', options: quiet }), visit({ path: '/b', options: quiet })];
  for (const name of ['1', '2', '3', '4']) tabs[name % 2].window.triggers.track(name);
  await drained();
} else if (scenario === 'wide') {
  const page = visit({ path: '/', options: quiet, fails: () => new Promise(() => {}) });
  const sendBeacon = page.window.navigator.sendBeacon;
  page.window.navigator.sendBeacon = (url, body) => Buffer.byteLength(body) < 65_536 && sendBeacon(url, body);
  for (const name of ['1', '2', '3']) page.window.triggers.track(name, { text: '語'.repeat(9_000) });
  page.fire('pagehide');
  await Promise.all(page.requests);
} else if (scenario === 'circular') {
  const page = visit({ path: '/', options: quiet });
  const circular = {};
  circular.self = circular;
  try { page.window.triggers.track('Circular', circular); throw new Error('it was taken'); } catch (error) { if (error.name !== 'TypeError') throw error; }
  page.window.triggers.track('Next');
  await drained();
} else if (scenario === 'twice') {
  const page = visit({ path: '/' });
  vm.runInNewContext(source, page.window);
  await drained();
} else if (scenario === 'module') {
  visit({ path: '/', document: { currentScript: null, querySelector: () => ({ src: `${address}/t.js`, dataset: { writeKey: 'shop-web-key', host: `${address}/` } }) } });
  await drained();
} else if (scenario === 'shadow') {
  const page = visit({ path: '/', options: quiet });
  page.fire('click', { composedPath: () => [{ dataset: { track: 'Inside' } }, {}, { dataset: {} }, page.window.document, page.window], target: { closest: () => null } });
  await drained();
} else if (scenario === 'prerendered') {
  const page = visit({ path: '/', document: { prerendering: true } });
  if (queued() > 0) throw new Error('a page that nobody sees was counted');
  page.fire('prerenderingchange');
  await drained();
} else if (scenario === 'back') {
  const page = visit({ path: '/' });
  page.fire('pageshow', { persisted: false });
  page.fire('pageshow', { persisted: true });
  await drained();
} else if (scenario === 'wrong call') {
  let problem;
  try { visit({ path: '/', options: quiet, waiting: [['trak', 'Early']] }); } catch (error) { problem = error; }
  if (!problem) throw new Error('nobody was told');
  if (!listening.includes('click')) throw new Error('clicks are not seen');
}
process.exit(0);
