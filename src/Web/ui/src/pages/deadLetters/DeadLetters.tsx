import { Text, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { part, post } from '../../api/client';
import type { DeadLetter } from '../../api/lists';
import { useNames } from '../../api/names';
import { queries } from '../../api/queries';
import { Ago } from '../../components/Ago';
import { ConfirmButton } from '../../components/ConfirmButton';
import { DataTable, type Column } from '../../components/DataTable';
import { IconCheck, IconReload } from '../../components/icons';
import { PagedList } from '../../components/PagedList';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { customerLabel } from '../../format/words';

/** Messages that failed for good, with the reason and a way to try once more. */
export default function DeadLetters() {
  const letters = useInfiniteQuery({ ...queries.deadLetters(), refetchInterval: 10_000 });
  const client = useQueryClient();
  const names = useNames();

  const resend = async (letter: DeadLetter) => {
    await post(`/dead-letters/${part(letter.id)}/resend`);
    await client.invalidateQueries({ queryKey: ['dead-letters'] });
    await client.invalidateQueries({ queryKey: ['messages'] });
  };

  const columns: Column<DeadLetter>[] = [
    {
      id: 'to',
      header: 'To',
      cell: letter => (
        <>
          <Text size="sm" fw={600}>
            {letter.address || customerLabel(letter.customer)}
          </Text>
          <Link to={`/customers/${encodeURIComponent(letter.customer)}`} className="plain">
            <Text size="xs" c="dimmed" span>
              {customerLabel(letter.customer)}
            </Text>
          </Link>
          <Text size="xs" hiddenFrom="sm">
            {letter.reason}
          </Text>
        </>
      ),
    },
    { id: 'reason', header: 'Reason', from: 'sm', cell: letter => <Text size="sm">{letter.reason}</Text> },
    { id: 'campaign', header: 'Campaign', from: 'md', cell: letter => `${names.campaign(letter.campaign)}, ${letter.template}` },
    { id: 'at', header: 'Failed', right: true, from: 'sm', cell: letter => <Ago at={letter.closedAt ?? letter.decidedAt} /> },
    {
      id: 'resend',
      header: <VisuallyHidden>Re-send</VisuallyHidden>,
      right: true,
      cell: letter => (
        <ConfirmButton
          size="xs"
          variant="default"
          leftSection={<IconReload size={14} />}
          title="Send this message again?"
          explain={`It goes to ${letter.address || letter.customer} with the same message id, unless the customer has opted out meanwhile.`}
          confirm="Re-send"
          run={() => resend(letter)}
          done="The message is queued again"
        >
          Re-send
        </ConfirmButton>
      ),
    },
  ];

  return (
    <>
      <PageHeader title="Dead letters" lead="Messages that failed for good. Passing troubles are tried again by themselves and are not listed here." />
      <Panel flush>
        <PagedList
          result={letters}
          empty={
            <EmptyState title="No dead letters" icon={<IconCheck size={22} />}>
              Every message left, waits for its next attempt, or was skipped for a reason.
            </EmptyState>
          }
        >
          {rows => <DataTable label="Dead letters" rows={rows} columns={columns} rowKey={row => row.id} />}
        </PagedList>
      </Panel>
    </>
  );
}
