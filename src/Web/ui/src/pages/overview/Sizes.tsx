import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries';
import { Bars } from '../../components/charts/Bars';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { titled } from '../../format/words';
import { useCounters } from '../../live/LiveProvider';

/** As counters name them; what they are called stands in the same order in the stats. */
const STAGES = ['new', 'active', 'at risk', 'dormant', 'won back'];

export function SegmentSizes() {
  const segments = useQuery(queries.segments());
  const counters = useCounters();
  return (
    <Panel title="Segments" hint="Customers in each, right now">
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
          bars={segments.data
            .map(segment => ({
              id: segment.id,
              label: segment.name || titled(segment.id),
              value: counters.get(`segment/${segment.id}/size`) ?? 0,
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
  const names = Object.keys(stats.data?.lifecycle ?? {});
  const counters = useCounters();
  return (
    <Panel title="Lifecycle" hint="Where customers stand">
      <Bars
        label="Customers by lifecycle stage"
        color="var(--tr-messages)"
        bars={STAGES.map((stage, index) => ({ id: stage, label: titled(names[index] ?? stage), value: counters.get(`lifecycle/${stage}/size`) ?? 0 }))}
      />
    </Panel>
  );
}
