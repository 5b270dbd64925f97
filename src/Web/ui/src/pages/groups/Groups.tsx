import { Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../../api/queries';
import type { GroupSummary } from '../../api/types';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { IconGroup, IconSearch } from '../../components/icons';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { count } from '../../format/numbers';

const TYPING_PAUSE_MS = 200;

const to = (group: GroupSummary): string => `/groups/${encodeURIComponent(group.id)}`;

const COLUMNS: readonly Column<GroupSummary>[] = [
  {
    id: 'group',
    header: 'Group',
    cell: group => (
      <>
        <Link to={to(group)} className="plain">
          <Text span fw={600} size="sm">
            {group.name ?? group.id}
          </Text>
        </Link>
        {group.name !== null && (
          <Text size="xs" c="dimmed">
            {group.id}
          </Text>
        )}
      </>
    ),
  },
  { id: 'members', header: 'Members', right: true, cell: group => count(group.members) },
  { id: 'changed', header: 'Traits changed', right: true, from: 'sm', cell: group => (group.changedAt === null ? '–' : <Ago at={group.changedAt} />) },
];

/** Companies and teams that group calls named. */
export default function Groups() {
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), TYPING_PAUSE_MS);
  const groups = useQuery({ ...queries.groups(settled), placeholderData: keepPreviousData, refetchInterval: 5_000 });
  return (
    <>
      <PageHeader title="Groups" lead="Companies and teams that customers belong to. What one member's call says of a group holds for all." />
      <Panel flush>
        <TextInput
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          placeholder="Id or name"
          aria-label="Find by the beginning of an id or name"
          leftSection={<IconSearch size={16} />}
          size="md"
          p="md"
        />
        {groups.isPending && <LoadingLines />}
        {groups.isError && <ErrorState error={groups.error} retry={() => void groups.refetch()} />}
        {groups.data?.length === 0 &&
          (settled === '' ? (
            <EmptyState title="No groups yet" icon={<IconGroup size={22} />}>
              A <code>group</code> call makes whoever sends it a member: <code>analytics.group('acme', &#123; plan: 'enterprise' &#125;)</code>. Conditions ask for <code>group.plan</code>.
            </EmptyState>
          ) : (
            <EmptyState title={`No group begins with “${settled}”`} icon={<IconSearch size={22} />}>
              The search looks at the beginning of ids and names.
            </EmptyState>
          ))}
        {groups.data !== undefined && groups.data.length > 0 && <DataTable label="Groups" rows={groups.data} columns={COLUMNS} rowKey={group => group.id} to={to} />}
      </Panel>
    </>
  );
}
