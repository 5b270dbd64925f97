import { Alert, Text, Title } from '@mantine/core';
import { Ago } from '../../../components/Ago';
import type { Explanation, Reason } from '../../../api/types';
import { IconClock, IconHand } from '../../../components/icons';
import { date, fullTime, withLocalTimes } from '../../../format/time';
import { capital } from '../../../format/words';
import { Reasons } from './Reasons';
import classes from './Why.module.css';

/** One explanation: what is, what stands in the way, and everything that was looked at. */
export function Answer({ explanation }: { explanation: Explanation }) {
  const { summary, inTheWay, checks, messages, at, decision, definitionsVersion, historyFrom } = explanation;
  return (
    <div className={classes.answer}>
      <div>
        <Title order={3} className={classes.summary}>
          {summary}
        </Title>
        <Text size="xs" c="dimmed">
          {decision ? 'As it was seen when it was decided, ' : 'As of '}
          <time dateTime={at}>{fullTime(at)}</time>, under version {definitionsVersion} of the definitions
        </Text>
      </div>
      {inTheWay !== null && <InTheWay reason={inTheWay} decision={decision} />}
      {checks.length > 0 && <Reasons label="What was looked at" reasons={checks} />}
      {messages.length > 0 && (
        <section aria-labelledby="why-messages">
          <Title order={4} size="h5" id="why-messages">
            Its messages, if their steps were reached
          </Title>
          <Reasons label="Messages" reasons={messages} />
        </section>
      )}
      {historyFrom !== null && (
        <Text size="sm" c="dimmed">
          History begins on {date(historyFrom)}: what happened before is not kept, so this may not be what it was.
        </Text>
      )}
    </div>
  );
}

function InTheWay({ reason, decision }: { reason: Reason; decision: boolean }) {
  return (
    <Alert color="ember" variant="light" icon={<IconHand size={18} />} title={decision ? 'What stood in the way first' : 'First in the way'} classNames={{ title: classes.alertTitle ?? '' }}>
      <code className={classes.text}>{reason.text}</code>
      {reason.needed !== '' && <div className={classes.needed}>{capital(withLocalTimes(reason.needed))}.</div>}
      {reason.changesAt !== null && (
        <div className={classes.turn}>
          <IconClock size={14} />
          <Text span inherit>
            Time alone changes it: <time dateTime={reason.changesAt}>{fullTime(reason.changesAt)}</time> (<Ago at={reason.changesAt} />)
          </Text>
        </div>
      )}
    </Alert>
  );
}
