import { Code, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Rejected as RejectedEvent } from '../../api/lists';
import { queries } from '../../api/queries';
import { Ago } from '../../components/Ago';
import { IconCheck } from '../../components/icons';
import { PagedList } from '../../components/PagedList';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { count } from '../../format/numbers';
import { QualityPanel } from './QualityPanel';
import classes from './Rejected.module.css';
import { ViolationsPanel } from './ViolationsPanel';

/** Events that were answered 200 and could not be taken in, for the developer who sent them. */
export default function Rejected() {
  const rejected = useInfiniteQuery({ ...queries.rejected(), refetchInterval: 10_000 });
  return (
    <>
      <PageHeader
        title="Rejected events"
        lead="A single bad event does not sink the good ones of its batch: it is answered 200 like them, counted, and kept here with the reason."
      />
      <Stack gap="md">
        <Panel flush>
          <PagedList
            result={rejected}
            empty={
              <EmptyState title="Nothing was rejected" icon={<IconCheck size={22} />}>
                Every event that came could be taken in.
              </EmptyState>
            }
          >
            {rows => (
              <ul className={classes.list}>
                {alike(rows).map(([key, events]) => (
                  <RejectedLine key={key} events={events} />
                ))}
              </ul>
            )}
          </PagedList>
        </Panel>
        <ViolationsPanel />
        <QualityPanel />
      </Stack>
    </>
  );
}

/** By source and reason, newest first: a mistake in a site rejects thousands alike. */
function alike(events: RejectedEvent[]): [string, RejectedEvent[]][] {
  const groups = new Map<string, RejectedEvent[]>();
  for (const event of events) {
    const key = `${event.source} ${event.reason}`;
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups];
}

function RejectedLine({ events }: { events: RejectedEvent[] }) {
  const newest = events[0];
  if (newest === undefined) return null;
  return (
    <li>
      <details>
        <summary>
          <Text span size="sm" fw={600} className={classes.reason ?? ''}>
            {newest.reason}
          </Text>
          <Text span size="xs" c="dimmed">
            {events.length > 1 && `${count(events.length)} of these · `}
            {newest.source} · <Ago at={newest.at} />
          </Text>
        </summary>
        {events.map(event => (
          <div key={event.sequence} className={classes.event ?? ''}>
            {events.length > 1 && (
              <Text size="xs" c="dimmed">
                <Ago at={event.at} />
              </Text>
            )}
            <Code block className={classes.payload ?? ''}>
              {pretty(event.payload)}
            </Code>
          </div>
        ))}
      </details>
    </li>
  );
}

/** The payload may be cut or not JSON at all: then it is shown as it came. */
function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
