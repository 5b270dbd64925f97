import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Channel, Operations } from '../../api/operations';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { StatusBadge } from '../../components/StatusBadge';
import { milliseconds, seconds } from '../../format/amounts';
import { count, plural } from '../../format/numbers';
import { titled } from '../../format/words';
import classes from './Operations.module.css';

const COLUMNS: readonly Column<Channel>[] = [
  { id: 'channel', header: 'Channel', cell: channel => <Text size="sm" fw={600} className={classes.whole ?? ''}>{titled(channel.channel)}</Text> },
  {
    id: 'queued',
    header: 'Waiting',
    right: true,
    cell: channel => (
      <>
        {count(channel.queued)}
        {channel.queued > 0 && (
          <Text size="xs" c="dimmed">
            for {seconds(channel.oldestSeconds)}
          </Text>
        )}
      </>
    ),
  },
  { id: 'attempts', header: 'Last minute', right: true, cell: channel => count(channel.attempts.count) },
  { id: 'delivery', header: 'Decided to sent', right: true, from: 'sm', cell: channel => (channel.delivery.count === 0 ? '–' : milliseconds(channel.delivery.p99Ms)) },
];

/** What waits to leave, by channel, and what never will. */
export function Outbox({ sending }: { sending: Operations['sending'] }) {
  return (
    <Panel title="Sending" hint="Messages by channel" flush aside={sending.paused ? <StatusBadge status="paused" /> : undefined}>
      <DataTable label="Channels" rows={sending.channels} columns={COLUMNS} rowKey={channel => channel.channel} />
      <p className={classes.foot}>
        {sending.deadLetters === 0 ? (
          'No dead letters.'
        ) : (
          <Anchor component={Link} to="/dead-letters" inherit>
            {plural(sending.deadLetters, 'dead letter')}
          </Anchor>
        )}
      </p>
    </Panel>
  );
}
