import { Badge, Group, Stack } from '@mantine/core';
import { useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useParams } from 'react-router';
import { ApiError } from '../../api/client';
import { queries, timelineKey } from '../../api/queries';
import type { Customer } from '../../api/types';
import { IconPerson } from '../../components/icons';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';
import { StageBadge } from '../../components/StageBadge';
import { customerLabel, personName } from '../../format/words';
import { CustomerActions } from './CustomerActions';
import { CustomerNow } from './CustomerNow';
import { ComputedTraits, Entries, EventCounts, Groups, Identities, Lists, Memberships, Predicted } from './Details';
import { Merges } from './Merges';
import { ScoreChart } from './ScoreChart';
import { Timeline } from './Timeline';
import { Traits } from './traits/Traits';
import { Why } from './why/Why';
import classes from './Customer.module.css';

const back = { to: '/customers', label: 'Customers' };
const REFRESH_MS = 3_000;

/** One person: who they are, where they stand, and everything that happened to them. */
export default function CustomerPage() {
  const { id = '' } = useParams();
  const customer = useQuery({ ...queries.customer(id), refetchInterval: query => (query.state.status === 'error' ? false : REFRESH_MS) });
  if (customer.data !== undefined) return <Shown id={id} customer={customer.data} />;

  const unknown = customer.error instanceof ApiError && customer.error.problem.status === 404;
  return (
    <>
      <PageHeader title={customerLabel(id)} back={back} />
      <Panel flush>
        {customer.isPending && <LoadingLines />}
        {unknown && (
          <EmptyState title="Nobody has this id" icon={<IconPerson size={22} />}>
            The customer may have been erased, or has not done anything yet.
          </EmptyState>
        )}
        {customer.isError && !unknown && <ErrorState error={customer.error} retry={() => void customer.refetch()} />}
      </Panel>
    </>
  );
}

function Shown({ id, customer }: { id: string; customer: Customer }) {
  const client = useQueryClient();
  const moved = `${customer.events.total} ${customer.lastSeen} ${customer.campaigns.map(entry => entry.status + entry.step).join()} ${customer.suppressed}`;

  // New happenings show at once, unless somebody has paged back into the past.
  useEffect(() => {
    const isPagedBack = (data: unknown): boolean => (data as Partial<InfiniteData<unknown>> | undefined)?.pages?.[1] !== undefined;
    void client.invalidateQueries({ queryKey: timelineKey(id), predicate: found => !isPagedBack(found.state.data) });
  }, [client, id, moved]);

  return (
    <>
      <PageHeader
        title={customer.anonymous ? customerLabel(customer.key) : personName(customer)}
        lead={(customer.anonymous || customer.name !== null ? customer.email : null) ?? undefined}
        back={back}
        badge={
          <Group gap={6}>
            <StageBadge stage={customer.lifecycle} />
            {customer.anonymous && <Badge color="gray">Anonymous</Badge>}
            {customer.suppressed && <Badge color="red">Suppressed</Badge>}
            {customer.optedOut.map(channel => (
              <Badge key={channel} color="ember">
                Opted out of {channel}
              </Badge>
            ))}
          </Group>
        }
        actions={<CustomerActions customer={customer} />}
      />
      <div className={classes.grid}>
        <Stack gap="md" miw={0} className={classes.now}>
          <CustomerNow customer={customer} />
          <ScoreChart id={id} customer={customer} />
        </Stack>
        <Stack gap="md" miw={0} className={classes.side}>
          <Memberships customer={customer} />
          {customer.lists.length > 0 && <Lists customer={customer} />}
          <Entries customer={customer} />
          <Predicted customer={customer} />
          <ComputedTraits customer={customer} />
          <Traits customer={customer} />
          <Groups customer={customer} />
          <EventCounts customer={customer} />
          <Identities customer={customer} />
          <Merges customer={customer} />
        </Stack>
        <div className={classes.past}>
          <Timeline key={id} id={id} />
        </div>
      </div>
      <Why customer={customer} />
    </>
  );
}
