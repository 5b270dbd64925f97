import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { part, post } from '../../api/client';
import { queries } from '../../api/queries';
import type { Campaign } from '../../api/types';
import { Funnel } from '../../components/charts/Funnel';
import { ConfirmButton } from '../../components/ConfirmButton';
import { IconPause, IconPlay } from '../../components/icons';
import { MessageTable } from '../../components/MessageTable';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { ErrorState, LoadingLines } from '../../components/states';
import { StatusBadge } from '../../components/StatusBadge';
import { titled } from '../../format/words';
import { campaignCounters, liveStep } from '../../live/campaignCounters';
import { useCampaignTotals } from '../../live/LiveProvider';
import { CampaignRules } from './CampaignRules';
import { CampaignTotals } from './CampaignTotals';
import { Simulate } from './Simulate';
import { Skipped } from './Skipped';
import { Steps } from './Steps';
import { TestPanel } from './test/TestPanel';

const back = { to: '/campaigns', label: 'Campaigns' };

/** One campaign: what it does, how far its people come, and what it sent. */
export default function CampaignPage() {
  const { id = '' } = useParams();
  const campaign = useQuery(queries.campaign(id));
  if (campaign.isPending || campaign.isError) {
    return (
      <>
        <PageHeader title={titled(id)} back={back} />
        <Panel flush>
          {campaign.isPending ? <LoadingLines /> : <ErrorState error={campaign.error} retry={() => void campaign.refetch()} />}
        </Panel>
      </>
    );
  }
  return <Shown campaign={campaign.data} />;
}

function Shown({ campaign }: { campaign: Campaign }) {
  const totals = useCampaignTotals(campaign.id);
  const counters = campaignCounters(totals);
  const steps = campaign.steps.map(step => liveStep(totals, step));
  return (
    <>
      <PageHeader
        title={campaign.name || titled(campaign.id)}
        lead={campaign.description || undefined}
        back={back}
        badge={<StatusBadge status={campaign.status} />}
        actions={<PauseCampaign campaign={campaign} />}
      />
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          <Panel title="From entry to conversion">
            <Funnel counters={counters} tall />
          </Panel>
          <Panel title="Totals">
            <CampaignTotals counters={counters} />
          </Panel>
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          <Panel title="Steps" hint="How many entries came to each, and what became of its messages">
            <Steps steps={steps} />
          </Panel>
          <Stack gap="md">
            <Panel title="Rules">
              <CampaignRules campaign={campaign} />
            </Panel>
            <Skipped skipped={counters.skipped} />
          </Stack>
        </SimpleGrid>
        <TestPanel campaign={campaign} />
        <Simulate id={campaign.id} />
        <Panel title="Messages" hint="Newest first" flush>
          <MessageTable filters={{ campaign: campaign.id }} without="campaign" />
        </Panel>
      </Stack>
    </>
  );
}

function PauseCampaign({ campaign }: { campaign: Campaign }) {
  const client = useQueryClient();
  const run = async (verb: 'pause' | 'resume') => {
    await post(`/campaigns/${part(campaign.id)}/${verb}`);
    await client.invalidateQueries({ queryKey: ['campaigns'] });
  };
  const name = campaign.name || titled(campaign.id);
  if (campaign.status === 'draft' || campaign.status === 'archived') return null;
  return campaign.status === 'paused' ? (
    <ConfirmButton
      leftSection={<IconPlay size={16} />}
      title={`Resume “${name}”?`}
      explain="Customers can enter again from now on. What was skipped during the pause is not sent afterwards."
      confirm="Resume"
      run={() => run('resume')}
      done={`“${name}” is live again`}
    >
      Resume
    </ConfirmButton>
  ) : (
    <ConfirmButton
      variant="default"
      leftSection={<IconPause size={16} />}
      title={`Pause “${name}”?`}
      explain="Nobody enters, and its messages that have not left yet are skipped. Customers inside keep their place and go on through its steps without being written to."
      confirm="Pause"
      danger
      run={() => run('pause')}
      done={`“${name}” is paused`}
    >
      Pause
    </ConfirmButton>
  );
}
