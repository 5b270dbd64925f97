import { Badge, type MantineColor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Stage } from '../api/types';
import { queries } from '../api/queries';
import { titled } from '../format/words';

const COLORS: Readonly<Record<string, MantineColor>> = { new: 'blue', active: 'teal', 'won back': 'grape' };

/** Who stays away may still be kept at first; from dormant on, or at the last stage, they are gone. */
function awayColor(stage: Stage, away: readonly Stage[]): MantineColor {
  const dormant = away.findIndex(each => each.id === 'dormant');
  const gone = dormant < 0 ? away.length - 1 : dormant;
  return away.indexOf(stage) >= gone && stage.id !== 'at risk' ? 'gray' : 'ember';
}

function colorOf(name: string, stages: readonly Stage[]): MantineColor {
  const stage = stages.find(each => each.name === name);
  if (stage === undefined || stage.after === null) {
    return COLORS[stage?.id ?? name] ?? 'gray';
  }

  return awayColor(stage, stages.filter(each => each.after !== null));
}

/** The stage of a customer's life, under the name and in the place that scoring.yaml gives it. */
export function StageBadge({ stage }: { stage: string }) {
  const stats = useQuery(queries.stats());
  return stage === '' ? null : <Badge color={colorOf(stage, stats.data?.stages ?? [])}>{titled(stage)}</Badge>;
}
