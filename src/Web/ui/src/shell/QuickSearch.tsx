import { Kbd, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useRef, useState, type FormEvent } from 'react';
import { useNavigate } from 'react-router';
import { IconSearch } from '../components/icons';
import classes from './QuickSearch.module.css';

/** Finds a customer from anywhere; `/` puts the cursor into it. */
export function QuickSearch() {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  useHotkeys([['/', () => input.current?.focus()]]);

  const find = (event: FormEvent) => {
    event.preventDefault();
    void navigate(`/customers?query=${encodeURIComponent(text.trim())}`);
    setText('');
  };

  return (
    <form role="search" onSubmit={find} className={classes.form}>
      <TextInput
        ref={input}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        placeholder="Find a customer"
        aria-label="Find a customer by id, e-mail or name"
        leftSection={<IconSearch size={16} />}
        rightSection={<Kbd size="xs" className={classes.key ?? ''}>/</Kbd>}
        size="sm"
      />
    </form>
  );
}
