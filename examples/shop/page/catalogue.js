// What the shop sells. The simulated visitors of `--demo` browse the same products.
export const CURRENCY = 'USD';

export const PRODUCTS = [
  { id: 'p-101', name: 'Walnut desk lamp', category: 'lighting', price: 79, words: 'A warm cone of light on a turned walnut foot.' },
  { id: 'p-102', name: 'Linen lamp shade', category: 'lighting', price: 34.5, words: 'Natural linen that softens any bulb.' },
  { id: 'p-103', name: 'Brass reading light', category: 'lighting', price: 119, words: 'Solid brass, and a switch that clicks as it should.' },
  { id: 'p-201', name: 'Oak side table', category: 'furniture', price: 189, words: 'Oiled oak, just high enough for a book and a cup.' },
  { id: 'p-202', name: 'Folding stool', category: 'furniture', price: 49, words: 'A seat when guests come, a hook on the wall when they leave.' },
  { id: 'p-203', name: 'Wall shelf', category: 'furniture', price: 64, words: 'One board, two brackets, no visible screws.' },
  { id: 'p-301', name: 'Stoneware mug', category: 'kitchen', price: 16.5, words: 'Thrown by hand, so that no two are the same.' },
  { id: 'p-302', name: 'Pour-over set', category: 'kitchen', price: 42, words: 'Dripper, carafe and thirty filters: the quiet way to coffee.' },
  { id: 'p-303', name: 'Cast-iron pan', category: 'kitchen', price: 88, words: 'Heavy, seasoned, and good for the next sixty years.' },
  { id: 'p-304', name: 'Tea towel', category: 'kitchen', price: 9.9, words: 'Half linen, dries everything but tears.' },
  { id: 'p-401', name: 'Wool throw', category: 'textiles', price: 95, words: 'Merino, woven in a mill that has done it since 1870.' },
  { id: 'p-402', name: 'Cotton rug', category: 'textiles', price: 149, words: 'Flat-woven, washable, the same on both sides.' },
  { id: 'p-403', name: 'Cushion cover', category: 'textiles', price: 24, words: 'Stone-washed cotton with a hidden zip.' },
  { id: 'p-501', name: 'Terracotta pot', category: 'garden', price: 18, words: 'Breathes, ages well, and has a hole where it matters.' },
  { id: 'p-502', name: 'Watering can', category: 'garden', price: 37, words: 'Balanced when full, with a rose for seedlings.' },
  { id: 'p-503', name: 'Bird feeder', category: 'garden', price: 29, words: 'Larch, with a roof that keeps the seed dry.' },
];

export const CATEGORIES = ['all', 'lighting', 'furniture', 'kitchen', 'textiles', 'garden'];

export const byId = id => PRODUCTS.find(product => product.id === id);

const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: CURRENCY });
export const price = amount => money.format(amount);
