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
                {rows.map(event => (
                  <RejectedLine key={event.sequence} event={event} />
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

function RejectedLine({ event }: { event: RejectedEvent }) {
  return (
    <li>
      <details>
        <summary>
          <Text span size="sm" fw={600} className={classes.reason ?? ''}>
            {event.reason}
          </Text>
          <Text span size="xs" c="dimmed" className={classes.from ?? ''}>
            {event.source} · <Ago at={event.at} />
          </Text>
        </summary>
        <Code block className={classes.payload ?? ''}>
          {pretty(event.payload)}
        </Code>
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
