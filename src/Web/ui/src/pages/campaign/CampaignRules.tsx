import { Code } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Campaign } from '../../api/types';
import { Facts } from '../../components/Facts';

/** The conditions in the words of the definitions. */
export function CampaignRules({ campaign }: { campaign: Campaign }) {
  const facts: [string, ReactNode][] = [
    ['Starts', campaign.trigger],
    ['Audience', campaign.audience === null ? 'Everybody' : <Code key="audience">{campaign.audience}</Code>],
    ['Goal', campaign.goal ?? 'None'],
    ['Re-entry', campaign.reentry],
    ['Id', <Code key="id">{campaign.id}</Code>],
  ];
  return <Facts facts={facts} />;
}
