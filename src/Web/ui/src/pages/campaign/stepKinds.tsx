import type { ReactNode } from 'react';
import { IconBolt, IconBranch, IconClock, IconExit, IconHourglass, IconSend } from '../../components/icons';

type StepKind = { icon: ReactNode; tone: 'message' | 'time' | 'flow' };

/** How each kind of step looks; a kind that is new to this page gets the last one. */
export const STEP_KINDS: Readonly<Record<string, StepKind>> = {
  send: { icon: <IconSend size={15} />, tone: 'message' },
  wait: { icon: <IconClock size={15} />, tone: 'time' },
  'wait until': { icon: <IconHourglass size={15} />, tone: 'time' },
  branch: { icon: <IconBranch size={15} />, tone: 'flow' },
  exit: { icon: <IconExit size={15} />, tone: 'flow' },
};

export const OTHER_STEP: StepKind = { icon: <IconBolt size={15} />, tone: 'flow' };
