import type { StoreView } from '../../api/operations';
import { Facts } from '../../components/Facts';
import { Panel } from '../../components/Panel';
import { StatusBadge } from '../../components/StatusBadge';
import { bytes } from '../../format/amounts';
import { count, plural } from '../../format/numbers';
import { date } from '../../format/time';

const PARTS: Readonly<Record<string, string>> = { database: 'File', wal: 'Write-ahead log', log: 'Log', states: 'States', messages: 'Messages', other: 'Other tables' };

/** Where everything is kept, and how much there is. */
export function Store({ store }: { store: StoreView }) {
  const sizes = Object.entries(store.sizes).sort(([, a], [, b]) => b - a);
  return (
    <Panel title="Store" hint={store.engine === 'sqlite' ? 'SQLite, in the data folder' : 'PostgreSQL'} aside={<StatusBadge status={store.status} />}>
      <Facts
        facts={[
          ['Customer states', count(store.customers)],
          ...sizes.map(([part, size]) => [PARTS[part] ?? part, bytes(size)] as const),
          ['Not yet in sorted runs', plural(store.runsBacklog, 'record')],
          ...(typeof store.historyFrom === 'string' ? [['History begins', date(store.historyFrom)] as const] : []),
        ]}
      />
    </Panel>
  );
}
