// What this browser remembers between visits: who signed up, what is in the cart, what was bought. Storage may be off; then it lasts as long as the page.
const NAME = 'the-shop';
const EMPTY = { user: null, cart: [], bought: [] };

function load() {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(NAME) ?? '{}') };
  } catch {
    return { ...EMPTY };
  }
}

export const state = load();

export function save() {
  try {
    localStorage.setItem(NAME, JSON.stringify(state));
  } catch {
    // Nothing to do: the shop works for this page view.
  }
}

/** A readable id that is the person's own: the address's first part and four letters. */
export function newUserId(email) {
  const name = email.split('@')[0].toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 24);
  const tail = Array.from(crypto.getRandomValues(new Uint8Array(2)), byte => byte.toString(16).padStart(2, '0')).join('');
  return `${name}-${tail}`;
}
