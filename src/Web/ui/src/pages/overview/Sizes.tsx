import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries';
import { Bars } from '../../components/charts/Bars';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { titled } from '../../format/words';
import { useCounters } from '../../live/LiveProvider';

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
