import { Text, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useNames, type Names } from '../api/names';
import { queries } from '../api/queries';
import type { Message } from '../api/types';
import { customerLabel } from '../format/words';
import { Ago } from './Ago';
import { DataTable, type Column } from './DataTable';
import { FirstEvent } from './FirstEvent';
import { IconSend } from './icons';
import { PagedList } from './PagedList';
import { EmptyState } from './states';
import { StatusBadge } from './StatusBadge';

type MessageTableProps = { filters: { customer?: string; campaign?: string; status?: string }; without?: 'campaign' | 'customer' };

/** Messages that were decided, newest first, with what became of each. */
export function MessageTable({ filters, without }: MessageTableProps) {
  const messages = useInfiniteQuery({ ...queries.messages(filters), refetchInterval: 5_000 });
  const columns = messageColumns(useNames()).filter(column => column.id !== without);
  return (
    <PagedList
      result={messages}
      empty={
        <EmptyState title={filters.status === undefined ? 'No message yet' : `No ${filters.status} message`} icon={<IconSend size={22} />}>
          {filters.status === undefined && filters.campaign === undefined ? (
            <FirstEvent />
          ) : (
            'Messages appear here the moment a campaign decides to send one.'
          )}
        </EmptyState>
      }
    >
      {rows => <DataTable label="Messages" rows={rows} columns={columns} rowKey={row => row.id} />}
    </PagedList>
  );
}

const messageColumns = (names: Names): Column<Message>[] => [
  {
    id: 'customer',
    header: 'To',
    cell: message => (
      <>
        <Link to={`/customers/${encodeURIComponent(message.customer)}`} className="plain">
          <Text span size="sm" fw={600}>
            {message.address || customerLabel(message.customer)}
          </Text>
        </Link>
        {message.address !== '' && (
          <Text size="xs" c="dimmed">
            {customerLabel(message.customer)}
          </Text>
        )}
      </>
    ),
  },
  {
    id: 'campaign',
    header: 'Campaign',
    from: 'sm',
    cell: message => (
      <Link to={`/campaigns/${encodeURIComponent(message.campaign)}`} className="plain">
        {names.campaign(message.campaign)}
      </Link>
    ),
  },
  { id: 'template', header: 'Template', from: 'md', cell: message => `${message.template} (${message.channel})` },
  {
    id: 'status',
    header: 'Status',
    cell: message => (
      <>
        <StatusBadge status={message.status} />
        {message.reason !== '' && (
          <Text size="xs" c="dimmed" mt={2} maw={260} lineClamp={2} title={message.reason}>
            {message.reason}
            {message.attempts > 1 && ` (${message.attempts} attempts)`}
          </Text>
        )}
      </>
    ),
  },
  {
    id: 'read',
    header: <VisuallyHidden>Read</VisuallyHidden>,
    from: 'md',
    right: true,
    cell: message =>
      message.channel === 'email' && message.status === 'sent' ? (
        <Link to={`/mailbox/${encodeURIComponent(message.id)}`} className="plain">
          Read
        </Link>
      ) : null,
  },
  { id: 'at', header: 'Decided', right: true, from: 'sm', cell: message => <Ago at={message.decidedAt} /> },
];
