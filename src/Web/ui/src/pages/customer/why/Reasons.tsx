import { Text } from '@mantine/core';
import type { Reason, Truth } from '../../../api/types';
import { Ago } from '../../../components/Ago';
import { IconCheck, IconClock, IconCross, IconHourglass } from '../../../components/icons';
import { fullTime, withLocalTimes } from '../../../format/time';
import { capital } from '../../../format/words';
import classes from './Why.module.css';

const SIGNS: Readonly<Record<Truth, { icon: typeof IconCheck; word: string }>> = {
  true: { icon: IconCheck, word: 'holds' },
  false: { icon: IconCross, word: 'does not hold' },
  collecting: { icon: IconHourglass, word: 'is still collecting' },
};

/** What has not come yet is no failure. */
const AHEAD = new Set(['trigger', 'step', 'exit']);
const WAITING = { icon: IconHourglass, word: 'has not come yet' };

/** What joins its parts, as a line above them. */
const JOINS: Readonly<Record<string, string>> = { all: 'All of', any: 'At least one of', not: 'Not' };

/** Kinds that are named by what they ask, not by themselves. */
const BARE = new Set(['condition', 'segment', 'all', 'any', 'not']);

/** Everything that was looked at, as a tree that mirrors the text of the condition. */
export function Reasons({ reasons, label }: { reasons: readonly Reason[]; label?: string }) {
  return (
    <ul className={classes.reasons} aria-label={label}>
      {reasons.map((reason, place) => (
        <Line key={`${place} ${reason.kind} ${reason.text}`} reason={reason} />
      ))}
    </ul>
  );
}

function Line({ reason }: { reason: Reason }) {
  const isAhead = reason.truth === 'false' && AHEAD.has(reason.kind);
  const { icon: Sign, word } = isAhead ? WAITING : SIGNS[reason.truth];
  const join = JOINS[reason.kind];
  return (
    <li>
      <div className={classes.line}>
        <span className={classes.sign} data-truth={isAhead ? undefined : reason.truth} role="img" aria-label={word} title={word}>
          <Sign size={13} />
        </span>
        <div className={classes.words}>
          {!BARE.has(reason.kind) && <span className={classes.kind}>{capital(reason.kind)}</span>}
          {join !== undefined ? <span className={classes.join}>{join}</span> : BARE.has(reason.kind) ? <code className={classes.text}>{reason.text}</code> : <span>{reason.text}</span>}
          {reason.seen.map(seen => (
            <div key={seen.text} className={classes.seen}>
              {seen.text === reason.text ? 'is' : <code>{seen.text}</code>} <b className="num">{seen.value}</b>
              {seen.note !== '' && ` (${withLocalTimes(seen.note)})`}
            </div>
          ))}
          {reason.needed !== '' && <div className={classes.needed}>{withLocalTimes(reason.needed)}</div>}
          {reason.changesAt !== null && reason.becomes !== null && (
            <div className={classes.turn}>
              <IconClock size={13} />
              <Text span inherit>
                {TURNS[reason.becomes]} by time alone <time dateTime={reason.changesAt} title={fullTime(reason.changesAt)}>{fullTime(reason.changesAt)}</time> (<Ago at={reason.changesAt} />)
              </Text>
            </div>
          )}
        </div>
      </div>
      {reason.parts.length > 0 && <Reasons reasons={reason.parts} />}
    </li>
  );
}

const TURNS: Readonly<Record<Truth, string>> = { true: 'Holds', false: 'Ends', collecting: 'Collects again' };
