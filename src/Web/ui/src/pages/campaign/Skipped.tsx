import { Bars } from '../../components/charts/Bars';
import { Panel } from '../../components/Panel';
import { titled } from '../../format/words';

/** Why messages that were due did not go out. */
export function Skipped({ skipped }: { skipped: Record<string, number> }) {
  const reasons = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return null;
  return (
    <Panel title="Skipped" hint="Messages that were due and did not go out, by reason">
      <Bars
        label="Skipped messages by reason"
        color="var(--mantine-color-gray-5)"
        bars={reasons.map(([reason, value]) => ({ id: reason, label: titled(reason), value }))}
      />
    </Panel>
  );
}
