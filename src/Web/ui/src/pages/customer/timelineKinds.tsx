import type { ReactNode } from 'react';
import type { Tone } from '../../components/Happenings';
import { IconBolt, IconCampaign, IconHand, IconMail, IconMerge, IconSend } from '../../components/icons';

/** What the filter above the timeline offers; `kinds` is what the API calls it, empty for everything. */
export const FILTERS: readonly { label: string; kinds: string }[] = [
  { label: 'All', kinds: '' },
  { label: 'Events', kinds: 'event' },
  { label: 'Messages', kinds: 'message,outcome' },
  { label: 'Decisions', kinds: 'decision,merge,command' },
];

const KINDS: Readonly<Record<string, { icon: ReactNode; tone: Tone; label: string }>> = {
  event: { icon: <IconBolt size={15} />, tone: 'event', label: 'Event' },
  message: { icon: <IconSend size={15} />, tone: 'message', label: 'Message' },
  outcome: { icon: <IconMail size={15} />, tone: 'message', label: 'Outcome' },
  decision: { icon: <IconCampaign size={15} />, tone: 'good', label: 'Decision' },
  command: { icon: <IconHand size={15} />, tone: 'muted', label: 'Order' },
  merge: { icon: <IconMerge size={15} />, tone: 'muted', label: 'Merge' },
};

export const kindOf = (kind: string): { icon: ReactNode; tone: Tone; label: string } =>
  KINDS[kind] ?? { icon: <IconBolt size={15} />, tone: 'muted', label: kind };
