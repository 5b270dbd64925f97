import { Badge, Code, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { part, post } from '../../api/client';
import type { Merge } from '../../api/merges';
import { queries } from '../../api/queries';
import type { Customer } from '../../api/types';
import { Ago } from '../../components/Ago';
import { ConfirmButton } from '../../components/ConfirmButton';
import { Panel } from '../../components/Panel';
import { ErrorState } from '../../components/states';
import { personName } from '../../format/words';
import classes from './Customer.module.css';

const REFRESH_MS = 10_000;
const words = { merged: 'Merged', refused: 'Not merged', split: 'Split off' };
const colors = { merged: 'teal', refused: 'ember', split: 'gray' };

/** Which ids became this customer, which a rule stopped, and what support can do about either. */
export function Merges({ customer }: { customer: Customer }) {
  const merges = useQuery({ ...queries.merges(customer.key), refetchInterval: REFRESH_MS });
  if (merges.isError && merges.data === undefined)
    return (
      <Panel title="Merges" flush>
        <ErrorState error={merges.error} retry={() => void merges.refetch()} />
      </Panel>
    );
  if (merges.data === undefined || merges.data.length === 0) return null;
  // Of a key that was merged, split and merged again only the latest can be changed.
  const latest = new Map<string, Merge>();
  for (const merge of merges.data) if (!latest.has(merge.key)) latest.set(merge.key, merge);

  return (
    <Panel title="Merges">
      <ul className={classes.list}>
        {merges.data.map(merge => (
          <li key={`${merge.kind} ${merge.key} ${merge.at}`}>
            <div className={classes.line}>
              <Code style={{ overflowWrap: 'anywhere' }}>{merge.key}</Code>
              <span className={classes.aside}>
                <Badge color={colors[merge.kind]} variant="light">
                  {words[merge.kind]}
                </Badge>
                {latest.get(merge.key) === merge && <Change customer={customer} merge={merge} />}
              </span>
            </div>
            <Text size="xs" c="dimmed">
              {merge.at === null ? 'Before the log begins' : <Ago at={merge.at} />}
              {because(merge)}
              {merge.reason !== '' && `: ${merge.reason}`}
            </Text>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function because({ because: cause }: Merge) {
  if (cause === null) return '';
  if (cause.kind === 'hand') return ', by hand';
  return cause.kind === 'alias' ? `, by an alias of ${cause.source}` : `, by ${cause.event} of ${cause.source}`;
}

function Change({ customer, merge }: { customer: Customer; merge: Merge }) {
  const client = useQueryClient();
  const name = personName(customer);
  const path = `/customers/${part(customer.key)}`;
  const order = async (verb: 'merge' | 'split', body: Record<string, string>) => {
    await post(`${path}/${verb}`, body);
    await client.invalidateQueries({ queryKey: ['customers'] });
  };

  if (merge.kind !== 'merged')
    return (
      <ConfirmButton
        size="compact-xs"
        variant="default"
        title={`Merge ${merge.key} with ${name}?`}
        explain="Everything known of it becomes part of one customer, and so does what comes from now on, whatever the rules of identity.yaml say. Two people cannot be told apart again."
        confirm="Merge"
        danger
        run={() => order('merge', { other: merge.key })}
        done={`${merge.key} is being merged`}
      >
        Merge
      </ConfirmButton>
    );
  if (!merge.key.startsWith('a:')) return null;
  return (
    <ConfirmButton
      size="compact-xs"
      variant="default"
      title={`Split ${merge.key} off ${name}?`}
      explain="From now on its events are those of a customer of its own, and it merges with nobody but by hand. What it did before stays with this customer."
      confirm="Split off"
      danger
      run={() => order('split', { key: merge.key })}
      done={`${merge.key} stands alone from now on`}
    >
      Split off
    </ConfirmButton>
  );
}
