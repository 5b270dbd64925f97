import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Stat.module.css';

/** One number that matters, with what it means beneath it. */
export function Stat({ label, value, note, tone }: { label: ReactNode; value: ReactNode; note?: ReactNode; tone?: string }) {
  return (
    <div className={classes.stat}>
      <Text size="xs" c="dimmed" fw={550} component="dt">
        {tone !== undefined && <span className={classes.dot} style={{ background: tone }} aria-hidden="true" />}
        {label}
      </Text>
      <dd className={classes.value}>{value}</dd>
      {note !== undefined && (
        <Text size="xs" c="dimmed" component="dd" m={0}>
          {note}
        </Text>
      )}
    </div>
  );
}

/** Several numbers in a row, as many as fit. */
export function Stats({ children, label }: { children: ReactNode; label: string }) {
  return (
    <dl className={classes.stats} aria-label={label}>
      {children}
    </dl>
  );
}
