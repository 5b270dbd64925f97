import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { count } from '../../format/numbers';
import classes from './Bars.module.css';

export type Bar = { id: string; label: ReactNode; value: number; to?: string };

/** Named amounts side by side, each with a bar in proportion to the largest. */
export function Bars({ label, bars, color = 'var(--tr-events)' }: { label: string; bars: readonly Bar[]; color?: string }) {
  const most = Math.max(1, ...bars.map(bar => bar.value));
  return (
    <ul className={classes.bars} aria-label={label}>
      {bars.map(bar => (
        <li key={bar.id}>
          <div className={classes.line}>
            {bar.to === undefined ? (
              <span className={classes.name}>{bar.label}</span>
            ) : (
              <Link to={bar.to} className={`plain ${classes.name}`}>
                {bar.label}
              </Link>
            )}
            <Text span size="sm" fw={600} className="num">
              {count(bar.value)}
            </Text>
          </div>
          <div className={classes.track}>
            <div className={classes.fill} style={{ width: `${(bar.value / most) * 100}%`, background: color }} />
          </div>
        </li>
      ))}
    </ul>
  );
}
