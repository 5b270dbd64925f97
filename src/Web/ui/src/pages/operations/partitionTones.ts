import type { Partition } from '../../api/operations';

export type PartitionTone = 'caught-up' | 'behind' | 'far-behind' | 'refusing' | 'recovering';

/** What the colours of the squares say. At ten seconds the server refuses events. */
export const TONES: Readonly<Record<PartitionTone, string>> = {
  'caught-up': 'caught up',
  behind: 'over 1 s behind',
  'far-behind': 'over 5 s behind',
  refusing: 'over 10 s: events are refused',
  recovering: 'recovering',
};

export function toneOf(partition: Partition): PartitionTone {
  if (partition.state !== 'live') return 'recovering';
  if (partition.lagSeconds > 10) return 'refusing';
  if (partition.lagSeconds > 5) return 'far-behind';
  return partition.lagSeconds > 1 ? 'behind' : 'caught-up';
}
