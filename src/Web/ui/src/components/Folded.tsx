import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { count } from '../format/numbers';
import { IconSearch } from './icons';
import { AT_A_GLANCE, narrow } from './narrow';

/** Of a long list in a panel so many are shown at first. */
const FIRST = 8;
/** From so many on, one looks for something in the list rather than through it. */
const LOOKED_FOR = 20;

type FoldedProps<T> = { items: readonly T[]; what: string; words: (item: T) => string; children: (shown: readonly T[]) => ReactNode };

/** A list in a panel that may be long: its beginning, a way to find something in it, and all of it when asked for. Short ones are shown as they are. */
export function Folded<T>({ items, what, words, children }: FoldedProps<T>) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  if (items.length <= AT_A_GLANCE) return children(items);

  const found = narrow(items, text, words);
  return (
    <>
      {items.length > LOOKED_FOR && (
        <TextInput
          size="xs"
          mb="sm"
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          placeholder={`Find among ${count(items.length)} ${what}`}
          aria-label={`Find among the ${what}`}
          leftSection={<IconSearch size={14} />}
        />
      )}
      {children(open ? found : found.slice(0, FIRST))}
      {found.length > FIRST && (
        <Button variant="subtle" size="xs" mt="sm" fullWidth onClick={() => setOpen(!open)} aria-expanded={open}>
          {open ? 'Show fewer' : text.trim() === '' ? `Show all ${count(found.length)} ${what}` : `Show all ${count(found.length)} found`}
        </Button>
      )}
    </>
  );
}
