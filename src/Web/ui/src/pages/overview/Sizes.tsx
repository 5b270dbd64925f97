import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries';
import type { Segment } from '../../api/types';
import { Bars } from '../../components/charts/Bars';
import { foremost } from '../../components/narrow';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { count } from '../../format/numbers';
import { titled } from '../../format/words';
import { useCounters } from '../../live/LiveProvider';

/** Of more segments than one takes in at a glance, the largest so many. */
const DRAWN = 10;

export function SegmentSizes() {
  const segments = useQuery(queries.segments());
  const counters = useCounters();
  const size = (segment: Segment): number => counters.get(`segment/${segment.id}/size`) ?? 0;
  const { shown, rest } = foremost(segments.data ?? [], DRAWN, size);
  return (
    <Panel
      title="Segments"
      hint={rest > 0 ? 'The largest, right now' : 'Customers in each, right now'}
      aside={
        rest > 0 && (
          <Anchor component={Link} to="/segments" size="sm">
            All {count(shown.length + rest)}
          </Anchor>
        )
      }
    >
      {segments.isPending && <LoadingLines lines={4} />}
      {segments.isError && <ErrorState error={segments.error} retry={() => void segments.refetch()} />}
      {segments.data?.length === 0 && (
        <EmptyState title="No segments yet">
          Name conditions in <code>segments.yaml</code>.
        </EmptyState>
      )}
      {segments.data !== undefined && segments.data.length > 0 && (
        <Bars
          label="Segment sizes"
          bars={shown
            .map(segment => ({
              id: segment.id,
              label: segment.name || titled(segment.id),
              value: size(segment),
              to: `/segments/${encodeURIComponent(segment.id)}`,
            }))
            .sort((a, b) => b.value - a.value)}
        />
      )}
    </Panel>
  );
}

export function LifecycleSizes() {
  const stats = useQuery(queries.stats());
  const counters = useCounters();
  return (
    <Panel title="Lifecycle" hint="Where customers stand">
      <Bars
        label="Customers by lifecycle stage"
        color="var(--tr-messages)"
        bars={(stats.data?.stages ?? []).map(stage => ({ id: stage.id, label: titled(stage.name), value: counters.get(`lifecycle/${stage.id}/size`) ?? 0 }))}
      />
    </Panel>
  );
}
