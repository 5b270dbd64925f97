import { SegmentedControl, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { queries } from '../../api/queries';
import type { Campaign, CampaignCounters } from '../../api/types';
import { DataTable, type Column } from '../../components/DataTable';
import { IconCampaign } from '../../components/icons';
import { useLongList, type Order } from '../../components/ListTools';
import { AT_A_GLANCE } from '../../components/narrow';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { StatusBadge } from '../../components/StatusBadge';
import { revenue } from '../../format/money';
import { count, share } from '../../format/numbers';
import { titled } from '../../format/words';
import { campaignCounters } from '../../live/campaignCounters';
import { useCampaignsTotals } from '../../live/LiveProvider';
import type { Totals } from '../../live/campaignTotals';

type Row = { campaign: Campaign; counters: CampaignCounters };

const to = ({ campaign }: Row): string => `/campaigns/${encodeURIComponent(campaign.id)}`;

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Campaign',
    cell: row => (
      <>
        <Link to={to(row)} className="plain">
          <Text span fw={600} size="sm">
            {row.campaign.name || titled(row.campaign.id)}
          </Text>
        </Link>
        <Text size="xs" c="dimmed" lineClamp={1}>
          {row.campaign.trigger}
        </Text>
      </>
    ),
  },
  { id: 'status', header: 'Status', cell: row => <StatusBadge status={row.campaign.status} /> },
  { id: 'active', header: 'Inside now', right: true, from: 'md', cell: row => count(row.counters.active) },
  { id: 'entered', header: 'Entered', right: true, cell: row => count(row.counters.entered) },
  { id: 'sent', header: 'Sent', right: true, from: 'sm', cell: row => count(row.counters.sent) },
  { id: 'opened', header: 'Opened', right: true, from: 'md', cell: row => share(row.counters.opened, row.counters.sent) },
  { id: 'clicked', header: 'Clicked', right: true, from: 'md', cell: row => share(row.counters.clicked, row.counters.sent) },
  { id: 'converted', header: 'Converted', right: true, from: 'sm', cell: row => count(row.counters.converted) },
  { id: 'revenue', header: 'Revenue', right: true, from: 'sm', cell: row => revenue(row.counters.revenue) },
];

/** By the numbers that the list came with: rows that change places under the eye of who reads them are no list. */
const ORDERS: readonly Order<Campaign>[] = [
  { id: 'id', label: 'By id', by: null },
  { id: 'name', label: 'By name', by: campaign => campaign.name || titled(campaign.id) },
  { id: 'entered', label: 'Most entered', by: campaign => campaign.counters.entered },
  { id: 'inside', label: 'Most inside now', by: campaign => campaign.counters.active },
  { id: 'sent', label: 'Most sent', by: campaign => campaign.counters.sent },
  { id: 'converted', label: 'Most converted', by: campaign => campaign.counters.converted },
];

const STATUSES = [
  { value: '', label: 'All' },
  { value: 'live', label: 'Live' },
  { value: 'paused', label: 'Paused' },
  { value: 'draft', label: 'Draft' },
];

const NONE: Totals = new Map();
const wordsOf = (campaign: Campaign): string => `${campaign.name} ${titled(campaign.id)} ${campaign.id} ${campaign.trigger}`;

export default function Campaigns() {
  const campaigns = useQuery(queries.campaigns());
  const totals = useCampaignsTotals();
  const [search, setSearch] = useSearchParams();
  const [showsArchived, setShowsArchived] = useState(false);
  const all = campaigns.data ?? [];
  const archived = all.filter(campaign => campaign.status === 'archived').length;
  const status = search.get('status') ?? '';
  const chosen = all.filter(campaign => (status === '' ? showsArchived || campaign.status !== 'archived' : campaign.status === status));
  const list = useLongList(chosen, 'campaign', wordsOf, ORDERS, all.length > AT_A_GLANCE ? <Statuses status={status} choose={value => setSearch(chosenIn(search, value), { replace: true })} /> : undefined);
  const rows = list.rows.map(campaign => ({ campaign, counters: campaignCounters(totals.get(campaign.id) ?? NONE) }));
  return (
    <>
      <PageHeader
        title="Campaigns"
        lead="What starts when a customer does something, and how far it carries."
        actions={
          archived > 0 && (
            <Switch label={`Archived (${count(archived)})`} checked={showsArchived} onChange={event => setShowsArchived(event.currentTarget.checked)} />
          )
        }
      />
      <Panel flush>
        {campaigns.isPending && <LoadingLines />}
        {campaigns.isError && <ErrorState error={campaigns.error} retry={() => void campaigns.refetch()} />}
        {campaigns.isSuccess && all.length === 0 && (
          <EmptyState title="No campaign yet" icon={<IconCampaign size={22} />}>
            A campaign is one YAML file in <code>campaigns/</code> of the definitions folder: a trigger, an audience, and steps. Save one and reload the
            definitions.
          </EmptyState>
        )}
        {list.tools}
        {rows.length > 0 && <DataTable label="Campaigns" rows={rows} columns={COLUMNS} rowKey={row => row.campaign.id} to={to} />}
        {list.more}
      </Panel>
    </>
  );
}

function Statuses({ status, choose }: { status: string; choose: (status: string) => void }) {
  return <SegmentedControl size="xs" aria-label="Status" data={STATUSES} value={status} onChange={choose} />;
}

function chosenIn(search: URLSearchParams, status: string): URLSearchParams {
  const after = new URLSearchParams(search);
  if (status === '') after.delete('status');
  else after.set('status', status);
  return after;
}
