import type { ReactNode } from 'react';
import { IconBolt, IconCampaign, IconHand, IconMail, IconMerge, IconSend } from '../../components/icons';

export type Tone = 'event' | 'message' | 'decision' | 'muted';

/** What the filter above the timeline offers, and which kinds of item each choice shows. */
export const FILTERS: readonly { value: string; label: string; kinds: readonly string[] }[] = [
  { value: 'all', label: 'All', kinds: [] },
  { value: 'events', label: 'Events', kinds: ['event'] },
  { value: 'messages', label: 'Messages', kinds: ['message', 'outcome'] },
  { value: 'decisions', label: 'Decisions', kinds: ['decision', 'merge', 'command'] },
];

const KINDS: Readonly<Record<string, { icon: ReactNode; tone: Tone; label: string }>> = {
  event: { icon: <IconBolt size={15} />, tone: 'event', label: 'Event' },
  message: { icon: <IconSend size={15} />, tone: 'message', label: 'Message' },
  outcome: { icon: <IconMail size={15} />, tone: 'message', label: 'Outcome' },
  decision: { icon: <IconCampaign size={15} />, tone: 'decision', label: 'Decision' },
  command: { icon: <IconHand size={15} />, tone: 'muted', label: 'Order' },
  merge: { icon: <IconMerge size={15} />, tone: 'muted', label: 'Merge' },
};

export const kindOf = (kind: string): { icon: ReactNode; tone: Tone; label: string } =>
  KINDS[kind] ?? { icon: <IconBolt size={15} />, tone: 'muted', label: kind };
