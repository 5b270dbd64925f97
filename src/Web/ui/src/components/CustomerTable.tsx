import { Avatar, Badge, Group, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { CustomerSummary } from '../api/types';
import { score } from '../format/numbers';
import { customerLabel, initials, personName } from '../format/words';
import { Ago } from './Ago';
import { DataTable, type Column } from './DataTable';
import { StageBadge } from './StageBadge';

const to = (customer: CustomerSummary): string => `/customers/${encodeURIComponent(customer.id)}`;

const COLUMNS: readonly Column<CustomerSummary>[] = [
  {
    id: 'customer',
    header: 'Customer',
    cell: customer => (
      <Group gap="sm" wrap="nowrap">
        <Avatar size={34} color={customer.anonymous ? 'gray' : 'teal'} visibleFrom="sm" aria-hidden>
          {customer.anonymous ? '?' : initials(personName(customer))}
        </Avatar>
        <div>
          <Link to={to(customer)} className="plain">
            <Text span fw={600} size="sm">
              {customer.anonymous ? customerLabel(customer.key) : personName(customer)}
            </Text>
          </Link>
          <Text size="xs" c="dimmed">
            {customer.anonymous ? 'Not identified yet' : ((customer.name === null ? null : customer.email) ?? customerLabel(customer.id))}
          </Text>
        </div>
      </Group>
    ),
  },
  { id: 'lifecycle', header: 'Lifecycle', cell: customer => <StageBadge stage={customer.lifecycle} /> },
  { id: 'kind', header: 'Id', from: 'md', cell: customer => (customer.anonymous ? <Badge color="gray">Anonymous</Badge> : customerLabel(customer.id)) },
  { id: 'score', header: 'Score', right: true, cell: customer => score(customer.score) },
  { id: 'seen', header: 'Last seen', right: true, from: 'sm', cell: customer => (customer.lastSeen === null ? '–' : <Ago at={customer.lastSeen} />) },
];

export function CustomerTable({ customers, label }: { customers: readonly CustomerSummary[]; label: string }) {
  return <DataTable label={label} rows={customers} columns={COLUMNS} rowKey={customer => customer.key} to={to} />;
}
