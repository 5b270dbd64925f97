import { Button, CloseButton, SegmentedControl, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { CustomerInput } from '../../../components/CustomerInput';
import { afterError, objectError, type TestDraft, type ThenDraft } from './draft';
import classes from './Test.module.css';

const WHO = [
  { label: 'A customer', value: 'customer' },
  { label: 'Somebody made up', value: 'person' },
];

/** As many as the server takes. */
const THEN_MAX = 50;

/** Who goes through, and what they do. */
export function TestForm({ draft, trigger, change }: { draft: TestDraft; trigger: string; change: (draft: TestDraft) => void }) {
  const set = (part: Partial<TestDraft>): void => change({ ...draft, ...part });
  const setThen = (key: number, part: Partial<ThenDraft>): void => set({ then: draft.then.map(item => (item.key === key ? { ...item, ...part } : item)) });
  const add = (): void => set({ then: [...draft.then, { key: Math.max(0, ...draft.then.map(item => item.key)) + 1, after: '1h', name: '', properties: '' }] });
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="xs">
          <SegmentedControl
            aria-label="Who goes through"
            size="xs"
            className={classes.who ?? ''}
            data={WHO}
            value={draft.who}
            onChange={who => set({ who: who === 'person' ? 'person' : 'customer' })}
          />
          {draft.who === 'customer' ? (
            <CustomerInput label="Customer" description="As they are now: the beginning of an id, e-mail or name" value={draft.customer} change={customer => set({ customer })} />
          ) : (
            <Json label="Traits" value={draft.traits} change={traits => set({ traits })} />
          )}
        </Stack>
        <Stack gap="xs">
          <TextInput
            label="Event at the beginning"
            description={`Empty: what the trigger asks for (${trigger})`}
            value={draft.event}
            onChange={event => set({ event: event.currentTarget.value })}
          />
          <Json label="Its properties" value={draft.properties} change={properties => set({ properties })} disabled={draft.event.trim() === ''} />
        </Stack>
      </SimpleGrid>
      {draft.then.length > 0 && (
        <ul className={classes.then} aria-label="What else they do">
          {draft.then.map(item => (
            <li key={item.key} className={classes.thenItem}>
              <TextInput label="After" value={item.after} error={afterError(item.after)} onChange={event => setThen(item.key, { after: event.currentTarget.value })} />
              <TextInput label="Event" placeholder="Order Completed" value={item.name} onChange={event => setThen(item.key, { name: event.currentTarget.value })} />
              <Json label="Properties" value={item.properties} change={properties => setThen(item.key, { properties })} />
              <CloseButton aria-label={`Remove ${item.name === '' ? 'this event' : item.name}`} className={classes.remove ?? ''} onClick={() => set({ then: draft.then.filter(other => other.key !== item.key) })} />
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button size="compact-xs" variant="subtle" ml={-8} disabled={draft.then.length >= THEN_MAX} onClick={add}>
          Add something they do later
        </Button>
        {draft.then.length > 0 && draft.who === 'person' && (
          <Text size="xs" c="dimmed" mt={4}>
            -3d is three days before the beginning.
          </Text>
        )}
      </div>
    </Stack>
  );
}

function Json({ label, value, change, disabled = false }: { label: string; value: string; change: (value: string) => void; disabled?: boolean }) {
  return (
    <Textarea
      label={label}
      placeholder={'{ "price": 49 }'}
      autosize
      minRows={1}
      maxRows={8}
      spellCheck={false}
      disabled={disabled}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      value={value}
      error={objectError(value)}
      onChange={event => change(event.currentTarget.value)}
    />
  );
}
