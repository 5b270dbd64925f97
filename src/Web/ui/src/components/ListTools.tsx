import { Button, Select, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { count } from '../format/numbers';
import { IconCross, IconSearch } from './icons';
import classes from './ListTools.module.css';
import { AT_A_GLANCE, narrow } from './narrow';

/** Rows that are laid out at once: more of them only when somebody asks. */
const ROWS = 50;

/** `by`: where it stands among the others, the highest first; a text in the order of the alphabet; null as the list came. */
export type Order<T> = { id: string; label: string; by: ((item: T) => number | string) | null };

type Long<T> = { rows: readonly T[]; tools: ReactNode; more: ReactNode };

/**
 * A list that may be long: what to look for, an order, and the first rows. What is chosen stands in the page's address, so that going back to the list finds it as it was left.
 * Lists that are taken in at a glance have no tools.
 */
export function useLongList<T>(items: readonly T[], what: string, words: (item: T) => string, orders: readonly Order<T>[], beside?: ReactNode): Long<T> {
  const [search, setSearch] = useSearchParams();
  const [rows, setRows] = useState(ROWS);
  const text = search.get('find') ?? '';
  const order = orders.find(each => each.id === search.get('order')) ?? orders[0];
  const found = ordered(narrow(items, text, words), order?.by ?? null);

  const choose = (name: string, value: string): void => {
    setRows(ROWS);
    setSearch(
      before => {
        const after = new URLSearchParams(before);
        if (value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  };

  const tools = (items.length > AT_A_GLANCE || text !== '' || beside !== undefined) && (
    <div className={classes.tools}>
      <TextInput
        className={classes.find ?? ''}
        value={text}
        onChange={event => choose('find', event.currentTarget.value)}
        placeholder={`Find a ${what}`}
        aria-label={`Find a ${what}`}
        leftSection={<IconSearch size={16} />}
        rightSection={text === '' ? null : <Clear onClick={() => choose('find', '')} />}
      />
      {beside}
      {orders.length > 0 && (
        <Select
          className={classes.order ?? ''}
          aria-label="Order"
          allowDeselect={false}
          data={orders.map(({ id, label }) => ({ value: id, label }))}
          value={order?.id ?? null}
          onChange={value => choose('order', value === orders[0]?.id ? '' : (value ?? ''))}
        />
      )}
    </div>
  );
  const more =
    found.length === 0 && items.length > 0 ? (
      <div className={classes.more}>
        <Text size="sm" c="dimmed">
          No {what} is like this.
        </Text>
      </div>
    ) : found.length > rows ? (
      <div className={classes.more}>
        <Text size="sm" c="dimmed">
          {count(rows)} of {count(found.length)}
        </Text>
        <Button variant="default" size="xs" onClick={() => setRows(rows + ROWS)}>
          Show more
        </Button>
      </div>
    ) : null;
  return { rows: found.slice(0, rows), tools, more };
}

function ordered<T>(items: readonly T[], by: Order<T>['by']): readonly T[] {
  if (by === null) return items;
  return items
    .map(item => ({ item, place: by(item) }))
    .sort((a, b) => (typeof a.place === 'number' && typeof b.place === 'number' ? b.place - a.place : String(a.place).localeCompare(String(b.place))))
    .map(({ item }) => item);
}

function Clear({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="transparent" color="gray" size="compact-xs" onClick={onClick} aria-label="Look for nothing">
      <IconCross size={14} />
    </Button>
  );
}
