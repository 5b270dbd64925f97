import { Code, SegmentedControl, Text } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../../api/queries';
import type { Json, TimelineItem } from '../../api/types';
import { Happening, Happenings } from '../../components/Happenings';
import { PagedList } from '../../components/PagedList';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { date, fullTime, timeOfDay } from '../../format/time';
import { FILTERS, kindOf } from './timelineKinds';
import { WhyButton } from './why/WhyButton';
import classes from './Timeline.module.css';

/** Everything that happened to a customer, newest first, day by day. */
export function Timeline({ id }: { id: string }) {
  const [kinds, setKinds] = useState('');
  const timeline = useInfiniteQuery({ ...queries.timeline(id, kinds), placeholderData: keepPreviousData });
  const historyFrom = timeline.hasNextPage ? null : timeline.data?.pages.at(-1)?.historyFrom;
  return (
    <Panel
      title="Timeline"
      flush
      aside={
        <SegmentedControl size="xs" data={FILTERS.map(({ kinds: value, label }) => ({ value, label }))} value={kinds} onChange={setKinds} aria-label="Show" />
      }
    >
      <PagedList result={timeline} empty={<EmptyState title={kinds === '' ? 'Nothing has happened yet' : 'None of this kind'} />}>
        {rows => <Days items={rows} />}
      </PagedList>
      {typeof historyFrom === 'string' && (
        <Text size="sm" c="dimmed" ta="center" p="md">
          History begins on {date(historyFrom)}: what happened before is not kept, or not whole, and decisions since are told as if everything had begun then.
        </Text>
      )}
    </Panel>
  );
}

function Days({ items }: { items: readonly TimelineItem[] }) {
  const days = new Map<string, TimelineItem[]>();
  for (const item of items) {
    const day = date(item.occurredAt ?? item.at);
    const list = days.get(day);
    if (list === undefined) days.set(day, [item]);
    else list.push(item);
  }
  return [...days].map(([day, list]) => (
    <section key={day} aria-label={day}>
      <div className={classes.day}>{day}</div>
      <Happenings>
        {list.map((item, place) => (
          <Line key={`${item.at} ${item.kind} ${item.title} ${list.length - place}`} item={item} />
        ))}
      </Happenings>
    </section>
  ));
}

function Line({ item }: { item: TimelineItem }) {
  const kind = kindOf(item.kind);
  const late = item.detail !== 'imported' && item.occurredAt !== null && Math.abs(Date.parse(item.at) - Date.parse(item.occurredAt)) > 60_000;
  const hasData = item.data !== null && typeof item.data === 'object' && Object.keys(item.data).length > 0;
  const when = (
    <time dateTime={item.occurredAt ?? item.at} title={late ? `Happened ${fullTime(item.occurredAt ?? item.at)}, came ${fullTime(item.at)}` : fullTime(item.at)} className="num">
      {timeOfDay(item.occurredAt ?? item.at)}
      {late && ' (came later)'}
    </time>
  );
  return (
    <Happening icon={kind.icon} tone={kind.tone} label={kind.label} when={when}>
      <Text size="sm" fw={600}>
        {item.title}
      </Text>
      {item.detail !== '' && (
        <Text size="sm" c="dimmed">
          {item.detail}
        </Text>
      )}
      {item.decision !== null && (
        <div className={classes.why}>
          <WhyButton question={{ kind: 'decision', id: item.decision }} about={item.title} />
        </div>
      )}
      {hasData && (
        <details className={classes.data}>
          <summary>{glance(item.data)}</summary>
          <Code block>{JSON.stringify(item.data, null, 2)}</Code>
        </details>
      )}
    </Happening>
  );
}

const GLANCE_LENGTH = 90;

/** The first few values on one line, as what one clicks to see them all. */
function glance(data: Json): string {
  const values = Object.entries(data ?? {}).map(([name, value]) => `${name} ${typeof value === 'object' ? '…' : String(value)}`);
  const line = values.join(', ');
  return line.length > GLANCE_LENGTH ? `${line.slice(0, GLANCE_LENGTH)}…` : line;
}
