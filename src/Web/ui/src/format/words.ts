/** "abandoned-cart" → "Abandoned cart": for ids that have no name of their own. */
export function titled(id: string): string {
  const spaced = id.replace(/[-_]+/g, ' ').trim();
  return spaced === '' ? id : spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** A sentence of the server's, as one of its own. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The person as a heading: the name, else the address, else the id. */
export const personName = (person: { id: string; name: string | null; email: string | null }): string =>
  person.name ?? person.email ?? person.id;

/** Up to two letters for an avatar. */
export function initials(name: string): string {
  const words = name.replace(/@.*$/, '').split(/[\s._-]+/).filter(word => word !== '');
  const letters = words.slice(0, 2).map(word => word.charAt(0).toUpperCase());
  return letters.join('') || '?';
}

const ANONYMOUS_ID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const LONGEST_ID = 28;

/** A customer by id or key, short enough for a line: keys lose their kind, long ids their middle, and what a browser made up is a visitor. */
export function customerLabel(idOrKey: string): string {
  const id = /^[ua]:/.test(idOrKey) ? idOrKey.slice(2) : idOrKey;
  const anonymous = idOrKey.startsWith('a:') || ANONYMOUS_ID.test(id);
  const short = id.length > LONGEST_ID ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
  return anonymous ? `Visitor ${short}` : short;
}

/** A mailbox as its owner writes it: the quotes that protect a name in a header say nothing to a reader. */
export const mailAddress = (header: string): string => header.replace(/^"((?:[^"\\]|\\.)*)"(?= <)/, (_, name: string) => name.replace(/\\(.)/g, '$1'));
