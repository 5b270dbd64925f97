import { Anchor, Group, SimpleGrid, Skeleton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries';
import type { Campaign } from '../../api/types';
import { Funnel } from '../../components/charts/Funnel';
import { AT_A_GLANCE, foremost } from '../../components/narrow';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState } from '../../components/states';
import { StatusBadge } from '../../components/StatusBadge';
import { revenue } from '../../format/money';
import { count } from '../../format/numbers';
import { titled } from '../../format/words';
import { useCampaignCounters } from '../../live/LiveProvider';
import classes from './Overview.module.css';

/** The campaigns that run (or were paused) with their way from entry to conversion: of many, those that most people enter. */
export function CampaignFunnels() {
  const campaigns = useQuery(queries.campaigns());
  if (campaigns.isPending) {
    return (
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Skeleton height={210} radius="lg" />
        <Skeleton height={210} radius="lg" />
      </SimpleGrid>
    );
  }
  if (campaigns.isError) return <ErrorState what="The campaigns could not be loaded" error={campaigns.error} retry={() => void campaigns.refetch()} />;

  const running = campaigns.data
    .filter(campaign => campaign.status !== 'draft' && campaign.status !== 'archived')
    .sort((a, b) => Number(a.status === 'paused') - Number(b.status === 'paused'));
  // By the counts that the list came with: cards that change places are not to be read from across a room.
  const { shown, rest } = foremost(running, AT_A_GLANCE, campaign => (campaign.status === 'paused' ? -1 : campaign.counters.entered));
  return (
    <>
      <Group justify="space-between" align="baseline" gap="xs" className={classes.section ?? ''}>
        <Title order={2}>{rest > 0 ? 'Most entered campaigns' : 'Campaigns'}</Title>
        {rest > 0 && (
          <Anchor component={Link} to="/campaigns" size="sm">
            All {count(running.length)} campaigns
          </Anchor>
        )}
      </Group>
      {running.length === 0 ? (
        <Panel>
          <EmptyState title="No campaign is live">
            Write one as YAML in <code>campaigns/</code> of the definitions folder and reload the definitions.
          </EmptyState>
        </Panel>
      ) : (
        <div className={classes.funnels}>
          {shown.map(campaign => (
            <CampaignFunnel key={campaign.id} campaign={campaign} />
          ))}
        </div>
      )}
    </>
  );
}

function CampaignFunnel({ campaign }: { campaign: Campaign }) {
  const counters = useCampaignCounters(campaign.id);
  const skipped = Object.values(counters.skipped).reduce((sum, value) => sum + value, 0);
  return (
    <Panel>
      <Group justify="space-between" mb="md" wrap="nowrap">
        <Title order={3} className="clip">
          <Link to={`/campaigns/${encodeURIComponent(campaign.id)}`} className="plain">
            {campaign.name || titled(campaign.id)}
          </Link>
        </Title>
        <StatusBadge status={campaign.status} />
      </Group>
      <Funnel counters={counters} />
      <div className={classes.foot}>
        <span>
          Inside now <strong>{count(counters.active)}</strong>
        </span>
        <span>
          Revenue <strong>{revenue(counters.revenue)}</strong>
        </span>
        {skipped > 0 && (
          <span>
            Skipped <strong>{count(skipped)}</strong>
          </span>
        )}
        {counters.failed > 0 && (
          <span>
            Failed <strong>{count(counters.failed)}</strong>
          </span>
        )}
      </div>
    </Panel>
  );
}
