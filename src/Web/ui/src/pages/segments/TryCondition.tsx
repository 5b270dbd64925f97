import { Alert, Anchor, Button, Code, Group, Mark, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { part, post } from '../../api/client';
import type { SegmentPreview } from '../../api/simulations';
import { Panel } from '../../components/Panel';
import { SimulationProgress } from '../../components/SimulationProgress';
import { ErrorWords } from '../../components/states';
import { count, plural, share } from '../../format/numbers';
import { date } from '../../format/time';
import { customerLabel } from '../../format/words';

type Asked = { condition: string; exact: boolean };

/** How many customers a condition would hold for, before anybody saves it. */
export function TryCondition() {
  const [condition, setCondition] = useState('');
  const preview = useMutation({ mutationFn: (asked: Asked) => post<SegmentPreview>('/segments/preview', asked) });
  const ask = (): void => preview.mutate({ condition, exact: false });
  return (
    <Panel title="Try a condition" hint="How many customers it would hold for, as if it had always been looked for; nothing is saved">
      <Stack gap="sm">
        <Textarea
          aria-label="Condition"
          placeholder="count('Product Viewed', within 7d) >= 3"
          autosize
          minRows={1}
          maxRows={8}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={condition}
          onChange={event => setCondition(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && condition.trim() !== '') ask();
          }}
        />
        <Group gap="sm">
          <Button size="xs" disabled={condition.trim() === ''} loading={preview.isPending} onClick={ask}>
            How many?
          </Button>
          {preview.data !== undefined && !preview.data.isExact && preview.data.errors.length === 0 && (
            <Button size="xs" variant="default" onClick={() => preview.mutate({ condition: preview.data.condition, exact: true })}>
              Count everybody
            </Button>
          )}
        </Group>
        {preview.isPending && preview.variables.exact && <SimulationProgress />}
        {preview.isError && (
          <Alert color="red" variant="light" role="alert" title="It could not be looked at">
            <ErrorWords error={preview.error} />
          </Alert>
        )}
        {preview.data !== undefined && <Answer preview={preview.data} asked={preview.variables.condition} />}
      </Stack>
    </Panel>
  );
}

function Answer({ preview, asked }: { preview: SegmentPreview; asked: string }) {
  if (preview.errors.length > 0)
    return (
      <Alert color="red" variant="light" role="alert" title="This is not a condition yet">
        {preview.errors.map(error => (
          <Stack gap={4} key={`${error.index} ${error.message}`}>
            <Text size="sm">
              {error.message}
              {error.suggestions.length > 0 && ` Did you mean ${error.suggestions.join(', ')}?`}
            </Text>
            <Code block>
              {asked.slice(0, error.index)}
              <Mark color="red">{asked.slice(error.index, error.index + error.length) || ' '}</Mark>
              {asked.slice(error.index + error.length)}
            </Code>
          </Stack>
        ))}
      </Alert>
    );
  return (
    <div role="status">
      <Text size="lg" fw={600}>
        {preview.isExact ? plural(preview.estimate, 'customer') : `About ${plural(preview.estimate, 'customer')}`}
      </Text>
      <Text size="sm" c="dimmed">
        {share(preview.estimate, preview.customers)} of {count(preview.customers)}
        {!preview.isExact && `; between ${count(preview.low)} and ${count(preview.high)}, by the ${count(preview.looked)} who were looked at`}
      </Text>
      {typeof preview.historyFrom === 'string' && (
        <Text size="sm" c="dimmed">
          History begins on {date(preview.historyFrom)}: what happened before does not count.
        </Text>
      )}
      {preview.examples.length > 0 && (
        <Text size="sm" mt={4}>
          Such as{' '}
          {preview.examples.map((customer, index) => (
            <span key={customer}>
              {index > 0 && ', '}
              <Anchor component={Link} to={`/customers/${part(customer)}`}>
                {customerLabel(customer)}
              </Anchor>
            </span>
          ))}
        </Text>
      )}
    </div>
  );
}
