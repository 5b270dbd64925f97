import type { CampaignCounters } from '../../api/types';
import { Stat, Stats } from '../../components/Stat';
import { revenue } from '../../format/money';
import { count, plural, share } from '../../format/numbers';

export function CampaignTotals({ counters }: { counters: CampaignCounters }) {
  const skipped = Object.values(counters.skipped).reduce((sum, value) => sum + value, 0);
  return (
    <Stats label="Totals">
      <Stat label="Inside now" value={count(counters.active)} note={`${count(counters.completed)} finished, ${count(counters.exited)} left early`} />
      <Stat label="Revenue" value={revenue(counters.revenue)} note={`${count(counters.converted)} converted (${share(counters.converted, counters.entered)})`} />
      <Stat label="Decided" value={count(counters.decided)} note={`${count(skipped)} skipped, ${count(counters.failed)} failed`} />
      <Stat label="Opens" value={count(counters.openedTotal)} note={plural(counters.opened, 'message')} />
      <Stat label="Clicks" value={count(counters.clickedTotal)} note={plural(counters.clicked, 'message')} />
      <Stat label="Unsubscribed" value={count(counters.unsubscribed)} note={`${count(counters.bounced)} bounced, ${count(counters.complained)} complained`} />
    </Stats>
  );
}
