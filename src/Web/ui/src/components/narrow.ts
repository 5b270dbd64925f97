/** Lists of up to so many are taken in at a glance: they need no tools. */
export const AT_A_GLANCE = 12;

/** Those that hold every word that is looked for, whatever its case. */
export function narrow<T>(items: readonly T[], text: string, words: (item: T) => string): readonly T[] {
  const asked = text.toLowerCase().split(/\s+/).filter(word => word !== '');
  if (asked.length === 0) return items;
  return items.filter(item => {
    const held = words(item).toLowerCase();
    return asked.every(word => held.includes(word));
  });
}

/** The first so many in an order, and how many there are beside them. What is equal stays in the order in which it came. */
export function foremost<T>(items: readonly T[], most: number, rank: (item: T) => number): { shown: readonly T[]; rest: number } {
  if (items.length <= AT_A_GLANCE) return { shown: items, rest: 0 };
  const shown = [...items].sort((a, b) => rank(b) - rank(a)).slice(0, most);
  return { shown, rest: items.length - shown.length };
}
