import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Customer } from '../../api/types';
import { Ago } from '../../components/Ago';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { count, score } from '../../format/numbers';
import { date } from '../../format/time';
import { titled } from '../../format/words';

const noteOf = (item: Customer['scores'][number]): string => (item.collecting ? 'collecting' : item.grade === null ? 'score' : `score, grade ${item.grade}`);

/** Of many scores, so many beside engagement are shown at first: those that are furthest from zero. */
const SCORES = 5;

function foremostOf(scores: Customer['scores']): Customer['scores'] {
  if (scores.length <= SCORES + 3) return scores;
  const [first, ...others] = scores;
  const chosen = new Set([...others].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, SCORES));
  return scores.filter(item => item === first || chosen.has(item));
}

export function CustomerNow({ customer }: { customer: Customer }) {
  const [open, setOpen] = useState(false);
  const foremost = foremostOf(customer.scores);
  return (
    <Panel>
      <Stats label="Right now">
        {(open ? customer.scores : foremost).map(item => (
          <Stat key={item.id} label={item.name} value={item.collecting ? '–' : score(item.value)} note={noteOf(item)} />
        ))}
        <Stat label="Lifecycle" value={titled(customer.lifecycle)} note={<>since {date(customer.lifecycleSince)}</>} />
        <Stat label="Events" value={count(customer.events.total)} note={`since ${date(customer.firstSeen)}`} />
        <Stat
          label="Last seen"
          value={customer.lastSeen === null ? '–' : <Ago at={customer.lastSeen} />}
          note={customer.nextDue === null ? 'nothing due' : <>next check <Ago at={customer.nextDue} /></>}
        />
      </Stats>
      {foremost.length < customer.scores.length && (
        <Button variant="subtle" size="xs" mt="sm" onClick={() => setOpen(!open)} aria-expanded={open}>
          {open ? 'Show fewer scores' : `Show all ${count(customer.scores.length)} scores`}
        </Button>
      )}
    </Panel>
  );
}
