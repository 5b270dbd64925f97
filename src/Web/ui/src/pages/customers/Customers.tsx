import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { queries } from '../../api/queries';
import { CustomerTable } from '../../components/CustomerTable';
import { FirstEvent } from '../../components/FirstEvent';
import { IconPerson, IconSearch } from '../../components/icons';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';

const TYPING_PAUSE_MS = 200;

/** Finds people by what support knows of them. */
export default function Customers() {
  const { pathname } = useLocation();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('query') ?? '';
  const [text, setText] = useState(asked);
  const [settled] = useDebouncedValue(text.trim(), TYPING_PAUSE_MS);
  const customers = useQuery({ ...queries.customers(settled), placeholderData: keepPreviousData, ...(settled === '' ? { refetchInterval: 5_000 } : {}) });

  // The header's search changes the address while this page is open.
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    // Whoever has followed a link meanwhile is on the way to another page: it must not be taken back.
    if (window.location.pathname !== pathname) return;
    if (settled !== asked && settled === text.trim()) setSearch(settled === '' ? {} : { query: settled }, { replace: true });
  }, [settled, asked, text, pathname, setSearch]);

  return (
    <>
      <PageHeader title="Customers" lead="Everybody who did something, known or anonymous." />
      <Panel flush>
        <TextInput
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          placeholder="Id, e-mail or name"
          aria-label="Find by the beginning of an id, e-mail or name"
          leftSection={<IconSearch size={16} />}
          size="md"
          p="md"
          data-autofocus
        />
        {customers.isPending && <LoadingLines />}
        {customers.isError && <ErrorState error={customers.error} retry={() => void customers.refetch()} />}
        {customers.data?.length === 0 &&
          (settled === '' ? (
            <EmptyState title="No customers yet" icon={<IconPerson size={22} />}>
              <FirstEvent />
            </EmptyState>
          ) : (
            <EmptyState title={`Nobody begins with “${settled}”`} icon={<IconSearch size={22} />}>
              The search looks at the beginning of ids, e-mail addresses and names.
            </EmptyState>
          ))}
        {customers.data !== undefined && customers.data.length > 0 && (
          <CustomerTable customers={customers.data} label={settled === '' ? 'Recent customers' : `Customers that begin with ${settled}`} />
        )}
      </Panel>
    </>
  );
}
