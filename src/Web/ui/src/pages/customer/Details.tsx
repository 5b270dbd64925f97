import { Anchor, Box, Code, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useNames } from '../../api/names';
import type { Customer } from '../../api/types';
import { Ago } from '../../components/Ago';
import { Bars } from '../../components/charts/Bars';
import { Facts } from '../../components/Facts';
import { Folded } from '../../components/Folded';
import { Panel } from '../../components/Panel';
import { StatusBadge } from '../../components/StatusBadge';
import { amount, share } from '../../format/numbers';
import { date } from '../../format/time';
import { titled } from '../../format/words';
import classes from './Customer.module.css';
import { shown } from './shown';
import { WhyButton } from './why/WhyButton';

type Props = { customer: Customer };

const Nothing = ({ children }: { children: string }) => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
);

export function Memberships({ customer }: Props) {
  return (
    <Panel title="Segments" aside={<WhyButton question={{ kind: 'segment', id: '' }} about="any other segment">Why not another?</WhyButton>}>
      {customer.segments.length === 0 && <Nothing>In none right now.</Nothing>}
      <Folded items={customer.segments} what="segments" words={segment => `${segment.name} ${titled(segment.id)} ${segment.id}`}>
        {rows => (
          <ul className={classes.list}>
            {rows.map(segment => (
              <li key={segment.id} className={classes.line}>
                <Anchor component={Link} to={`/segments/${encodeURIComponent(segment.id)}`} size="sm" fw={600} c="inherit">
                  {segment.name || titled(segment.id)}
                </Anchor>
                <span className={classes.aside}>
                  <Text size="xs" c="dimmed">
                    <Ago at={segment.since} />
                  </Text>
                  <WhyButton question={{ kind: 'segment', id: segment.id }} about={segment.name || titled(segment.id)} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Folded>
    </Panel>
  );
}

export function Lists({ customer }: Props) {
  return (
    <Panel title="Lists">
      <ul className={classes.list}>
        {customer.lists.map(list => (
          <li key={list.id} className={classes.line}>
            <Anchor component={Link} to={`/lists/${encodeURIComponent(list.id)}`} size="sm" fw={600} c="inherit">
              {list.id}
            </Anchor>
            <Text size="xs" c="dimmed">
              <Ago at={list.since} />
            </Text>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function Entries({ customer }: Props) {
  const names = useNames();
  return (
    <Panel title="Campaigns" aside={<WhyButton question={{ kind: 'campaign', id: '' }} about="any other campaign">Why not another?</WhyButton>}>
      {customer.campaigns.length === 0 && <Nothing>Has entered none yet.</Nothing>}
      <Folded items={customer.campaigns} what="entries" words={entry => `${names.campaign(entry.campaign)} ${entry.campaign} ${entry.status}`}>
        {rows => (
          <ul className={classes.list}>
            {rows.map(entry => (
              <li key={`${entry.campaign} ${entry.number}`}>
                <div className={classes.line}>
                  <Anchor component={Link} to={`/campaigns/${encodeURIComponent(entry.campaign)}`} size="sm" fw={600} c="inherit">
                    {names.campaign(entry.campaign)}
                  </Anchor>
                  <span className={classes.aside}>
                    <StatusBadge status={entry.status} />
                    <WhyButton question={{ kind: 'campaign', id: entry.campaign }} about={names.campaign(entry.campaign)} />
                  </span>
                </div>
                <Text size="xs" c="dimmed">
                  Entered <Ago at={entry.enteredAt} />
                  {entry.number > 1 && `, entry ${entry.number}`}
                  {entry.step !== null && `, at step ${entry.step}`}
                  {entry.until !== null && (
                    <>
                      {entry.status === 'active' ? ', next ' : ', ended '}
                      <Ago at={entry.until} />
                    </>
                  )}
                  {entry.converted && ', converted'}
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Folded>
    </Panel>
  );
}

export function ComputedTraits({ customer }: Props) {
  if (customer.computedTraits.length === 0) return null;
  return (
    <Panel title="Computed traits">
      <Folded items={customer.computedTraits} what="traits" words={trait => trait.name}>
        {traits => <Facts facts={traits.map(trait => [trait.name, trait.collecting ? 'collecting' : shown(trait.value)])} />}
      </Folded>
      {typeof customer.historyFrom === 'string' && (
        <Text size="xs" c="dimmed" mt="xs">
          History begins on {date(customer.historyFrom)}: what happened before may be missing in these.
        </Text>
      )}
    </Panel>
  );
}

/** The groups that the customer's calls named, with the traits of the latest: the one that conditions ask for. */
export function Groups({ customer }: Props) {
  if (customer.groups.length === 0) return null;
  const traits = Object.entries(customer.groups[0]?.traits ?? {});
  return (
    <Panel title="Groups">
      <ul className={classes.list}>
        {customer.groups.map(group => (
          <li key={group.id}>
            <div className={classes.line}>
              <Anchor component={Link} to={`/groups/${encodeURIComponent(group.id)}`} size="sm" fw={group.latest ? 600 : 400} c="inherit" style={{ overflowWrap: 'anywhere' }}>
                {group.id}
              </Anchor>
              <Text size="xs" c="dimmed" className={classes.aside}>
                <Ago at={group.since} />
              </Text>
            </div>
            {group.latest && traits.length > 0 && (
              <Box className={classes.of}>
                <Facts facts={traits.map(([name, value]) => [name, shown(value)])} />
              </Box>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What the models of purchases say of the customer as of now. */
export function Predicted({ customer }: Props) {
  const { predicted } = customer;
  if (!predicted) return null;
  const { averagePurchase, lifetimeValue } = predicted;
  return (
    <Panel title="Predicted" aside={<Text size="xs" c="dimmed">models of <Ago at={predicted.fittedAt} /></Text>}>
      <Facts
        facts={[
          ['Still a customer', share(predicted.alive, 1)],
          ['Purchases in 90 days', amount(predicted.purchases90Days)],
          ...(averagePurchase === null ? [] : [['Worth of a purchase', amount(averagePurchase)] as const]),
          ...(lifetimeValue === null ? [] : [['Lifetime value', amount(lifetimeValue)] as const]),
        ]}
      />
    </Panel>
  );
}

export function EventCounts({ customer }: Props) {
  const names = Object.entries(customer.events.byName).sort(([, a], [, b]) => b - a);
  if (names.length === 0) return null;
  return (
    <Panel title="Events by name">
      <Folded items={names} what="names" words={([name]) => name}>
        {found => <Bars label="Events by name" bars={found.map(([name, value]) => ({ id: name, label: name, value }))} />}
      </Folded>
    </Panel>
  );
}

export function Identities({ customer }: Props) {
  return (
    <Panel title="Identity">
      <Facts
        facts={[
          [customer.anonymous ? 'Anonymous id' : 'User id', <Code key="id">{customer.id}</Code>],
          ...(customer.anonymousIds.length === 0
            ? []
            : [['Merged', <span key="merged" className={classes.ids}>{customer.anonymousIds.map(id => <Code key={id}>{id}</Code>)}</span>] as const]),
        ]}
      />
    </Panel>
  );
}
