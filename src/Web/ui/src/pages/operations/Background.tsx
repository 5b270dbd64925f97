import { Text } from '@mantine/core';
import type { Upkeep } from '../../api/operations';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { milliseconds } from '../../format/amounts';
import { count } from '../../format/numbers';
import { titled } from '../../format/words';
import classes from './Operations.module.css';

const COLUMNS: readonly Column<Upkeep>[] = [
  {
    id: 'name',
    header: 'Work',
    cell: work => (
      <>
        <Text size="sm">{titled(work.name)}</Text>
        {work.lastError !== '' && (
          <Text size="xs" c="red">
            Failed, tried again: {work.lastError}
          </Text>
        )}
      </>
    ),
  },
  { id: 'steps', header: 'Steps', right: true, cell: work => count(work.steps) },
  { id: 'took', header: 'Last took', right: true, from: 'sm', cell: work => (work.lastAt === null ? '–' : milliseconds(work.lastMs)) },
  { id: 'last', header: 'Last', right: true, cell: work => (work.lastAt === null ? '–' : <Ago at={work.lastAt} />) },
];

/** What the store does beside everything else. */
export function Background({ works }: { works: readonly Upkeep[] }) {
  const busy = works.filter(work => work.steps > 0 || work.failures > 0);
  const idle = works.filter(work => !busy.includes(work)).map(work => work.name);
  return (
    <Panel title="Background work" hint="What the store did beside everything else since the start of the node that answers" flush>
      {busy.length > 0 && <DataTable label="Background work" rows={busy} columns={COLUMNS} rowKey={work => work.name} />}
      {idle.length > 0 && <p className={classes.foot}>Nothing to do so far: {idle.join(', ')}.</p>}
    </Panel>
  );
}
