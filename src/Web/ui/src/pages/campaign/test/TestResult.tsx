import { Alert, Button, Text, Title } from '@mantine/core';
import type { CampaignTest } from '../../../api/campaignTests';
import { IconHand } from '../../../components/icons';
import { capital } from '../../../format/words';
import { Reasons } from '../../customer/why/Reasons';
import { TestItemLine } from './TestItemLine';
import classes from './Test.module.css';

/** How a test went: its end in a sentence, what stood in the way, and everything that happened with its virtual instant. */
export function TestResult({ result, letIn }: { result: CampaignTest; letIn: () => void }) {
  const first = result.entry?.inTheWay ?? null;
  return (
    <section className={classes.result} aria-label="What the test came to">
      <Title order={3} className={classes.summary ?? ''} aria-live="polite">
        {result.summary}
      </Title>
      {result.notes.map(note => (
        <Text key={note} size="xs" c="dimmed" className={classes.note ?? ''}>
          {note}
        </Text>
      ))}
      {result.entry !== null && first !== null && (
        <Alert color="ember" variant="light" icon={<IconHand size={18} />} title={result.anyway ? 'Would have kept them out' : 'Keeps them out'}>
          <code className={classes.code}>{first.text}</code>
          {first.needed !== '' && <div className={classes.needed}>{capital(first.needed)}.</div>}
          <details className={classes.why}>
            <summary>All that was looked at</summary>
            <Reasons label="On the way in" reasons={result.entry.checks} />
          </details>
          {result.outcome === 'not entered' && (
            <Button size="compact-sm" mt="xs" variant="default" onClick={letIn}>
              Let them in anyway
            </Button>
          )}
        </Alert>
      )}
      <ol className={classes.items} aria-label="What happened">
        {result.items.map((item, place) => (
          <TestItemLine key={`${place} ${item.kind}`} item={item} />
        ))}
      </ol>
    </section>
  );
}
