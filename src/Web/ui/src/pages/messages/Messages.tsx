import { SegmentedControl, Stack } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { MessageTable } from '../../components/MessageTable';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { count } from '../../format/numbers';
import { useCounter, useLiveRates } from '../../live/LiveProvider';

const STATUSES = ['all', 'queued', 'sent', 'skipped', 'failed'];
const label = (status: string): string => status.charAt(0).toUpperCase() + status.slice(1);

/** Every message ever decided, over all campaigns. */
export default function Messages() {
  const [search, setSearch] = useSearchParams();
  const status = search.get('status') ?? 'all';
  return (
    <>
      <PageHeader title="Messages" lead="Every message that a campaign decided, and what became of it." />
      <Stack gap="md">
        <Panel>
          <MessageTotals />
        </Panel>
        <Panel
          title="All campaigns"
          hint="Newest first"
          flush
          aside={
            <SegmentedControl
              size="xs"
              data={STATUSES.map(value => ({ value, label: label(value) }))}
              value={status}
              onChange={value => setSearch(value === 'all' ? {} : { status: value }, { replace: true })}
              aria-label="Status"
            />
          }
        >
          <MessageTable filters={status === 'all' ? {} : { status }} />
        </Panel>
      </Stack>
    </>
  );
}

function MessageTotals() {
  return (
    <Stats label="Messages">
      <Stat label="Decided" value={count(useCounter('messages/decided'))} />
      <Stat label="Sent" value={count(useCounter('messages/sent'))} />
      <Stat label="Skipped" value={count(useCounter('messages/skipped'))} />
      <Stat label="Failed" value={count(useCounter('messages/failed'))} />
      <Stat label="Waiting to leave" value={count(useLiveRates().queued)} />
    </Stats>
  );
}
