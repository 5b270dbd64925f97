import type { ReactNode } from 'react';
import classes from './Facts.module.css';

/** Names and values beneath each other. */
export function Facts({ facts }: { facts: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value], place) => (
        <div key={typeof name === 'string' ? name : place}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
