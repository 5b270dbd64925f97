import type { CampaignCounters } from '../../api/types';
import { Stat, Stats } from '../../components/Stat';
import { revenue } from '../../format/money';
import { count, share } from '../../format/numbers';

export function CampaignTotals({ counters }: { counters: CampaignCounters }) {
  const skipped = Object.values(counters.skipped).reduce((sum, value) => sum + value, 0);
  return (
    <Stats label="Totals">
      <Stat label="Inside now" value={count(counters.active)} note={`${count(counters.completed)} finished, ${count(counters.exited)} left early`} />
      <Stat label="Revenue" value={revenue(counters.revenue)} note={`${count(counters.converted)} converted (${share(counters.converted, counters.entered)})`} />
      <Stat label="Decided" value={count(counters.decided)} note={`${count(skipped)} skipped, ${count(counters.failed)} failed`} />
      <Stat label="Opens" value={count(counters.openedTotal)} note={`${count(counters.opened)} messages`} />
      <Stat label="Clicks" value={count(counters.clickedTotal)} note={`${count(counters.clicked)} messages`} />
      <Stat label="Unsubscribed" value={count(counters.unsubscribed)} note={`${count(counters.bounced)} bounced, ${count(counters.complained)} complained`} />
    </Stats>
  );
}
