import { Drawer, Select, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNames } from '../../../api/names';
import { queries } from '../../../api/queries';
import type { Customer } from '../../../api/types';
import { IconQuestion } from '../../../components/icons';
import { EmptyState, ErrorState, LoadingLines } from '../../../components/states';
import { personName } from '../../../format/words';
import { Answer } from './Answer';
import { useQuestion, type Question } from './question';
import classes from './Why.module.css';

/** Beside the customer's page: why they are, or are not, in a segment or campaign, or why something was decided. */
export function Why({ customer }: { customer: Customer }) {
  const { question, at, ask } = useQuestion();
  const isPhone = useMediaQuery('(max-width: 48em)');
  return (
    <Drawer
      opened={question !== null}
      onClose={() => ask(null)}
      position="right"
      size={isPhone ? '100%' : 620}
      title={`Why? ${personName(customer)}`}
      classNames={{ title: classes.title, header: classes.header }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {question !== null && (
        <>
          {question.kind !== 'decision' && <Chooser question={question} at={at} />}
          {question.id === '' ? (
            <EmptyState title="Of which one?" icon={<IconQuestion size={22} />}>
              Choose a segment or a campaign above.
            </EmptyState>
          ) : (
            <Answered id={customer.id} question={question} at={at} />
          )}
        </>
      )}
    </Drawer>
  );
}

function Answered({ id, question, at }: { id: string; question: Question; at: string }) {
  const instant = at === '' ? {} : { at: new Date(at).toISOString() };
  const answer = useQuery({ ...queries.explanation(id, { [question.kind]: question.id, ...instant }), placeholderData: keepPreviousData });
  if (answer.isError) return <ErrorState error={answer.error} retry={() => void answer.refetch()} what="There is no answer" />;
  return answer.data === undefined ? <LoadingLines /> : <Answer explanation={answer.data} />;
}

/** Which segment or campaign, and as of when. */
function Chooser({ question, at }: { question: Question; at: string }) {
  const { ask } = useQuestion();
  const names = useNames();
  const segments = useQuery(queries.segments()).data ?? [];
  const campaigns = useQuery(queries.campaigns()).data ?? [];
  const groups = [
    { group: 'Segments', items: segments.map(item => ({ value: `segment:${item.id}`, label: names.segment(item.id) })) },
    { group: 'Campaigns', items: campaigns.map(item => ({ value: `campaign:${item.id}`, label: names.campaign(item.id) })) },
  ];
  return (
    <div className={classes.chooser}>
      <Select
        label="Segment or campaign"
        placeholder="Choose one"
        data={groups}
        value={question.id === '' ? null : `${question.kind}:${question.id}`}
        searchable
        nothingFoundMessage="None of that name"
        onChange={value => {
          const [kind, ...rest] = (value ?? '').split(':');
          if (kind === 'segment' || kind === 'campaign') ask({ kind, id: rest.join(':') }, at);
        }}
        comboboxProps={{ withinPortal: true }}
      />
      <TextInput label="As of" description="Empty: now" type="datetime-local" inputWrapperOrder={['label', 'input', 'description']} value={at} max={localNow()} onChange={event => ask(question, event.currentTarget.value)} />
    </div>
  );
}

/** As the browser's own field writes it, in local time. */
function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
