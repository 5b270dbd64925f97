import { Text } from '@mantine/core';
import { Children, type CSSProperties, type ReactNode } from 'react';
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

/** Several numbers side by side, in lines that come out even. */
export function Stats({ children, label }: { children: ReactNode; label: string }) {
  const amount = Children.count(children);
  const columns = amount % 3 === 0 ? 3 : Math.min(amount, 5);
  return (
    <div className={classes.host}>
      <dl className={classes.stats} aria-label={label} style={{ '--columns': columns } as CSSProperties}>
        {children}
      </dl>
    </div>
  );
}
