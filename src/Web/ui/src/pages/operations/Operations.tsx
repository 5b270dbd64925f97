import { useQuery } from '@tanstack/react-query';
import type { Operations as OperationsView } from '../../api/operations';
import { queries } from '../../api/queries';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { ErrorState, LoadingLines } from '../../components/states';
import { StatusBadge } from '../../components/StatusBadge';
import { plural } from '../../format/numbers';
import { Background } from './Background';
import { Nodes } from './Nodes';
import { Outbox } from './Outbox';
import { Partitions } from './Partitions';
import { Store } from './Store';
import { Trend } from './Trend';
import { Verdict } from './Verdict';
import classes from './Operations.module.css';

/** The worst that there is to say. */
const inShort = (view: OperationsView): string => (view.status === 'ready' ? (view.problems[0]?.severity ?? 'ready') : view.status);

/** Whether everything does its work, and what needs somebody: made to be understood in a glance at night. */
export default function OperationsPage() {
  const operations = useQuery({ ...queries.operations(), refetchInterval: 2_000 });
  const view = operations.data;

  return (
    <>
      <PageHeader
        title="Operations"
        lead={view === undefined ? 'How the server is.' : `${plural(view.nodes.length, 'node')}, ${view.store.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, version ${view.definitionsVersion} of the definitions. Looked at every two seconds.`}
        badge={view !== undefined && <StatusBadge status={inShort(view)} />}
      />
      {operations.isPending && (
        <Panel>
          <LoadingLines />
        </Panel>
      )}
      {operations.isError && <ErrorState what={view === undefined ? 'This could not be loaded' : 'What is below is as of the last answer'} error={operations.error} retry={() => void operations.refetch()} />}
      {view !== undefined && (
        <>
          <Verdict view={view} />
          <div className={classes.columns}>
            <div className={classes.column}>
              <Trend nodes={view.nodes} />
              <Outbox sending={view.sending} />
            </div>
            <div className={classes.column}>
              <Partitions nodes={view.nodes} />
              <Store store={view.store} />
            </div>
          </div>
          <div className={classes.column}>
            <Nodes nodes={view.nodes} />
            <Background works={view.store.upkeep} />
          </div>
        </>
      )}
    </>
  );
}
