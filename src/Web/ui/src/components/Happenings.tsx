import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Happenings.module.css';

export type Tone = 'event' | 'message' | 'good' | 'muted';

/** A list of what happened, of `Happening`s. */
export function Happenings({ children }: { children: ReactNode }) {
  return <ol className={classes.list}>{children}</ol>;
}

type HappeningProps = { icon: ReactNode; tone: Tone; label?: string; when: ReactNode; fresh?: boolean; children: ReactNode };

/** An icon in the colour of its kind, words, and when it was. `fresh` lets it slide in. */
export function Happening({ icon, tone, label, when, fresh = false, children }: HappeningProps) {
  return (
    <li className={classes.item} data-fresh={fresh || undefined}>
      <span className={classes.icon} data-tone={tone} title={label}>
        {icon}
      </span>
      <div className={classes.words}>{children}</div>
      <Text size="xs" c="dimmed" component="div" className={classes.when ?? ''}>
        {when}
      </Text>
    </li>
  );
}
