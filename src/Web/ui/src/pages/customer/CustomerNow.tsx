import type { Customer } from '../../api/types';
import { Ago } from '../../components/Ago';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { count, score } from '../../format/numbers';
import { date } from '../../format/time';
import { titled } from '../../format/words';

const noteOf = (item: Customer['scores'][number]): string => (item.collecting ? 'collecting' : item.grade === null ? 'score' : `score, grade ${item.grade}`);

export function CustomerNow({ customer }: { customer: Customer }) {
  return (
    <Panel>
      <Stats label="Right now">
        {customer.scores.map(item => (
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
    </Panel>
  );
}
