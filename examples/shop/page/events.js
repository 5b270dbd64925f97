// Everything that the shop tells Triggers, through the browser script /t.js. Page views are sent by the script itself.
import { CURRENCY } from './catalogue.js';

const listeners = [];

/** Hears of every call, for the small panel that shows what this page streams. */
export const onCall = listener => listeners.push(listener);

function call(type, name, data) {
  // The script may be blocked or late: calls made before it wait in an array that it plays.
  if (!window.triggers) window.triggers = [];
  if (Array.isArray(window.triggers)) window.triggers.push([type, name, data]);
  else window.triggers[type](name, data);
  for (const listener of listeners) listener({ type, name, data });
}

export const describe = (product, quantity = 1) => ({
  product_id: product.id,
  name: product.name,
  category: product.category,
  price: product.price,
  quantity,
  currency: CURRENCY,
  image_url: new URL(`products/${product.id}.svg`, document.baseURI).href,
});

export const viewed = product => call('track', 'Product Viewed', describe(product));
export const searched = query => call('track', 'Products Searched', { query });
export const wished = product => call('track', 'Product Added to Wishlist', describe(product));
export const added = (product, quantity) => call('track', 'Product Added', describe(product, quantity));
export const removed = product => call('track', 'Product Removed', describe(product));
export const checkoutStarted = value => call('track', 'Checkout Started', { value, currency: CURRENCY });
export const ordered = order => call('track', 'Order Completed', { ...order, currency: CURRENCY });
export const reviewed = (product, rating) => call('track', 'Product Reviewed', { product_id: product.id, name: product.name, rating });

/** Who it is, then what they did: the welcome mail needs the address. */
export function signedUp(userId, traits) {
  call('identify', userId, traits);
  call('track', 'Signed Up', { method: 'email' });
}

export function signedOut() {
  if (window.triggers && !Array.isArray(window.triggers)) window.triggers.reset();
}
