import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server';

/** The JavaScript example of a document that mentions the given package, for the given server in place of the documented one. */
export function snippet(document: string, name: string, server: string): string {
  const text = readFileSync(join(root, document), 'utf8');
  const found = [...text.matchAll(/```js\n(.*?)```/gs)].map(match => match[1] ?? '').find(code => code.includes(`'${name}'`));
  if (found === undefined) throw new Error(`${document} has no JavaScript example with ${name}.`);
  const local = found.replace(/https?:\/\/(127\.0\.0\.1:8080|triggers\.example\.com)/g, server);
  if (local === found) throw new Error(`The example of ${name} in ${document} names no server.`);
  return local;
}
