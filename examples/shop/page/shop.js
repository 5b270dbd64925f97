// The page itself: browse, save, add, sign up, buy. What it tells Triggers stands in events.js.
import { byId, CATEGORIES, price, PRODUCTS } from './catalogue.js';
import * as events from './events.js';
import { newUserId, save, state } from './state.js';

const $ = id => document.getElementById(id);
const SEARCH_PAUSE_MS = 500;
const TOAST_MS = 3_200;
const CALLS_SHOWN = 12;
let category = 'all';
let shown = null;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function toast(text) {
  $('toast').textContent = text;
  $('toast').hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => ($('toast').hidden = true), TOAST_MS);
}

// Products

function drawProducts() {
  const wanted = $('search').value.trim().toLowerCase();
  const found = PRODUCTS.filter(product => (category === 'all' || product.category === category) && product.name.toLowerCase().includes(wanted));
  $('products').replaceChildren(...found.map(card));
  $('nothing').hidden = found.length > 0;
}

function card(product) {
  const open = event => {
    event.preventDefault();
    history.pushState(null, '', `?product=${product.id}`);
    showProduct(product);
  };
  return element(
    'li',
    {},
    element(
      'a',
      { href: `?product=${product.id}`, onclick: open },
      element('img', { src: `products/${product.id}.svg`, alt: '', width: 320, height: 320, loading: 'lazy' }),
      element('span', { class: 'name' }, product.name),
      element('span', { class: 'price' }, price(product.price)),
    ),
  );
}

function drawCategories() {
  const chip = name =>
    element(
      'button',
      {
        type: 'button',
        'aria-pressed': String(name === category),
        onclick: () => {
          category = name;
          drawCategories();
          drawProducts();
        },
      },
      name.charAt(0).toUpperCase() + name.slice(1),
    );
  $('categories').replaceChildren(...CATEGORIES.map(chip));
}

function showProduct(product) {
  shown = product;
  $('product-image').src = `products/${product.id}.svg`;
  $('product-name').textContent = product.name;
  $('product-category').textContent = product.category;
  $('product-words').textContent = product.words;
  $('product-price').textContent = price(product.price);
  $('rating').hidden = !state.bought.includes(product.id);
  $('product').showModal();
  events.viewed(product);
}

function rate(stars) {
  events.reviewed(shown, stars);
  $('rating').hidden = true;
  toast('Thank you for the review');
}

// Cart and order

const total = () => state.cart.reduce((sum, line) => sum + byId(line.id).price * line.quantity, 0);

function drawCart() {
  const pieces = state.cart.reduce((sum, line) => sum + line.quantity, 0);
  $('cart-count').textContent = pieces;
  $('open-cart').setAttribute('aria-label', `Cart, ${pieces} in it`);
  $('cart-items').replaceChildren(...state.cart.map(cartLine));
  $('cart-empty').hidden = pieces > 0;
  $('checkout').disabled = pieces === 0;
  $('cart-total').textContent = price(total());
}

function cartLine({ id, quantity }) {
  const product = byId(id);
  return element(
    'li',
    {},
    element('img', { src: `products/${id}.svg`, alt: '', width: 56, height: 56 }),
    element('span', { class: 'name' }, product.name, element('small', {}, `${quantity} × ${price(product.price)}`)),
    element('button', { type: 'button', class: 'quiet', 'aria-label': `Remove ${product.name}`, onclick: () => removeFromCart(product) }, 'Remove'),
  );
}

function addToCart(product) {
  const line = state.cart.find(candidate => candidate.id === product.id);
  if (line) line.quantity++;
  else state.cart.push({ id: product.id, quantity: 1 });
  save();
  drawCart();
  events.added(product, line?.quantity ?? 1);
  toast(`${product.name} is in your cart`);
}

function removeFromCart(product) {
  state.cart = state.cart.filter(line => line.id !== product.id);
  save();
  drawCart();
  events.removed(product);
}

function placeOrder(coupon) {
  events.ordered({
    order_id: `o-${Date.now().toString(36)}`,
    total: Math.round(total() * 100) / 100,
    products: state.cart.map(({ id, quantity }) => events.describe(byId(id), quantity)),
    ...(coupon === '' ? {} : { coupon }),
  });
  state.bought = [...new Set([...state.bought, ...state.cart.map(line => line.id)])];
  state.cart = [];
  save();
  drawCart();
  toast('Thank you! Your order is on its way, in spirit');
}

// Account

function drawAccount() {
  const user = state.user;
  $('hello').hidden = user === null;
  $('hello').textContent = user === null ? '' : `Hello, ${user.name.split(' ')[0]}`;
  $('sign-up').hidden = user !== null;
  $('sign-out').hidden = user === null;
}

function signUp(form) {
  const [name, email] = [form.get('name').trim(), form.get('email').trim()];
  const [firstName, ...rest] = name.split(/\s+/);
  state.user = { id: newUserId(email), name, email };
  save();
  drawAccount();
  events.signedUp(state.user.id, { email, name, firstName, lastName: rest.join(' '), newsletter: form.get('newsletter') !== null });
  toast(`Welcome, ${firstName}`);
}

function signOut() {
  events.signedOut();
  state.user = null;
  save();
  drawAccount();
}

// Wiring

function onSubmit(id, dialog, run) {
  $(id).addEventListener('submit', event => {
    event.preventDefault();
    run(new FormData(event.target));
    event.target.reset();
    $(dialog).close();
  });
}

function showFromAddress() {
  const product = byId(new URLSearchParams(location.search).get('product'));
  if (product) showProduct(product);
  else $('product').close();
}

let searchTimer;
$('search').addEventListener('input', () => {
  drawProducts();
  clearTimeout(searchTimer);
  const query = $('search').value.trim();
  if (query.length > 1) searchTimer = setTimeout(() => events.searched(query), SEARCH_PAUSE_MS);
});
document.querySelector('.search').addEventListener('submit', event => event.preventDefault());
$('add').addEventListener('click', () => {
  addToCart(shown);
  $('product').close();
});
$('wish').addEventListener('click', () => {
  events.wished(shown);
  toast(`${shown.name} is saved for later`);
});
$('product').addEventListener('close', () => {
  if (location.search.includes('product=')) history.pushState(null, '', './');
});
$('open-cart').addEventListener('click', () => $('cart').showModal());
$('checkout').addEventListener('click', () => {
  events.checkoutStarted(Math.round(total() * 100) / 100);
  $('pay-total').textContent = price(total());
  $('cart').close();
  $('pay').showModal();
});
$('sign-up').addEventListener('click', () => $('join').showModal());
$('sign-out').addEventListener('click', signOut);
onSubmit('pay-form', 'pay', form => placeOrder(form.get('coupon').trim()));
onSubmit('join-form', 'join', signUp);
for (const dialog of document.querySelectorAll('dialog')) {
  dialog.addEventListener('click', event => {
    if (event.target === dialog) dialog.close();
  });
}
$('stars').append(
  ...[1, 2, 3, 4, 5].map(stars => element('button', { type: 'button', class: 'star', 'aria-label': `${stars} of 5`, onclick: () => rate(stars) }, '★')),
);
events.onCall(({ type, name, data }) => {
  const words = type === 'identify' ? `identify ${name}` : `${type} “${name}”`;
  $('calls').prepend(element('li', {}, element('strong', {}, words), element('code', {}, JSON.stringify(data))));
  while ($('calls').children.length > CALLS_SHOWN) $('calls').lastChild.remove();
});
addEventListener('popstate', showFromAddress);

drawCategories();
drawProducts();
drawCart();
drawAccount();
showFromAddress();
