import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { revenue } from '../../format/money';
import { count, plural, rate, share, short } from '../../format/numbers';
import { conversions } from '../../live/campaignCounters';
import { useCampaignsTotals, useCounter, useLiveRates } from '../../live/LiveProvider';

/** The numbers that one reads from across the room. */
export function Headline() {
  const rates = useLiveRates();
  const rejected = useQuery(queries.stats()).data?.events.rejected ?? 0;
  const events = useCounter('events/total');
  const decided = useCounter('messages/decided');
  const sent = useCounter('messages/sent');
  const customers = useCounter('customers/total');
  const known = useCounter('customers/known');
  const { converted, revenueByCurrency } = conversions(useCampaignsTotals().values());

  return (
    <Panel>
      <Stats label="Right now">
        <Stat
          label="Events a second"
          tone="var(--tr-events)"
          value={rate(rates.eventsPerSecond)}
          note={`${short(events)} in all${rejected > 0 ? `, ${short(rejected)} rejected` : ''}`}
        />
        <Stat label="Messages a second" tone="var(--tr-messages)" value={rate(rates.messagesPerSecond)} note={`${short(sent)} sent of ${short(decided)} decided`} />
        <Stat label="Customers" value={short(customers)} note={customers === 0 ? 'none yet' : `${count(known)} known (${share(known, customers)})`} />
        <Stat label="Converted" value={short(converted)} note={converted === 0 ? 'none yet' : revenue(revenueByCurrency)} />
        <Stat
          label="Waiting to leave"
          value={short(rates.queued)}
          note={rates.sendingPaused ? 'sending is paused' : plural(rates.queued, 'message')}
        />
        <Stat label="Lag" value={short(rates.lagRecords)} note={rates.lagRecords === 0 ? 'all caught up' : 'records not yet applied'} />
      </Stats>
    </Panel>
  );
}
