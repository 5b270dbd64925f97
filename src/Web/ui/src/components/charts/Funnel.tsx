import type { CampaignCounters } from '../../api/types';
import { count, share, short } from '../../format/numbers';
import classes from './Funnel.module.css';

/** `of`: the stage before it, which its share is measured against. */
type Stage = { label: string; value: number; of: number; ofLabel: string };

const stages = (counters: CampaignCounters): Stage[] => [
  { label: 'Entered', value: counters.entered, of: counters.entered, ofLabel: '' },
  { label: 'Sent', value: counters.sent, of: counters.entered, ofLabel: 'per entry' },
  { label: 'Opened', value: counters.opened, of: counters.sent, ofLabel: 'of sent' },
  { label: 'Clicked', value: counters.clicked, of: counters.sent, ofLabel: 'of sent' },
  { label: 'Converted', value: counters.converted, of: counters.entered, ofLabel: 'of entered' },
];

/** A campaign from entry to conversion: five columns whose height is the count, in proportion to the largest. */
export function Funnel({ counters, tall = false }: { counters: CampaignCounters; tall?: boolean }) {
  const columns = stages(counters);
  const most = Math.max(1, ...columns.map(stage => stage.value));
  return (
    <ol className={classes.funnel} data-tall={tall || undefined}>
      {columns.map((stage, place) => (
        <li key={stage.label} data-last={place === columns.length - 1 || undefined}>
          <div className={classes.well} aria-hidden="true">
            <div className={classes.column} style={{ height: `${(stage.value / most) * 100}%` }} />
          </div>
          <span className={classes.label}>{stage.label}</span>
          <span className={classes.value} title={count(stage.value)}>
            {short(stage.value)}
          </span>
          <span className={classes.share}>{place === 0 ? '\u00a0' : `${share(stage.value, stage.of)}`}</span>
          <span className={classes.of}>{stage.ofLabel}</span>
        </li>
      ))}
    </ol>
  );
}
