import { Badge, type MantineColor } from '@mantine/core';

/** One colour a status, wherever it is shown: campaigns, messages, entries and nodes. */
const COLORS: Readonly<Record<string, MantineColor>> = {
  live: 'teal',
  draft: 'gray',
  paused: 'ember',
  queued: 'blue',
  sent: 'teal',
  skipped: 'gray',
  failed: 'red',
  active: 'teal',
  completed: 'gray',
  exited: 'gray',
  ready: 'teal',
  taking: 'teal',
  recovering: 'ember',
  draining: 'ember',
  warning: 'ember',
  critical: 'red',
  refusing: 'red',
  unreachable: 'red',
  ended: 'red',
};

export function StatusBadge({ status }: { status: string }) {
  const word = status.toLowerCase();
  return <Badge color={COLORS[word] ?? 'gray'}>{word.charAt(0).toUpperCase() + word.slice(1)}</Badge>;
}
