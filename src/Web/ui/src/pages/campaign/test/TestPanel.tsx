import { Alert, Button, Checkbox, Group, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { CampaignTest, CampaignTestBody } from '../../../api/campaignTests';
import { part, post } from '../../../api/client';
import type { Campaign } from '../../../api/types';
import { IconPlay } from '../../../components/icons';
import { Panel } from '../../../components/Panel';
import { ErrorWords } from '../../../components/states';
import { bodyOf, EMPTY, isReady } from './draft';
import { SendTest } from './SendTest';
import { TestForm } from './TestForm';
import { TestResult } from './TestResult';

/** One person through the campaign in virtual time, before anybody goes through it in earnest. */
export function TestPanel({ campaign }: { campaign: Campaign }) {
  const [draft, setDraft] = useState(EMPTY);
  const [anyway, setAnyway] = useState(false);
  const ask = (body: CampaignTestBody): Promise<CampaignTest> => post<CampaignTest>(`/campaigns/${part(campaign.id)}/test`, body);
  const test = useMutation({ mutationFn: ask });
  // Once more, with its messages sent: what was tested, not what has been typed since.
  const sending = useMutation({ mutationFn: ask });
  const result = sending.data ?? test.data;
  const tested = test.variables;
  const run = (force: boolean): void => {
    setAnyway(force);
    sending.reset();
    test.mutate(bodyOf(draft, force));
  };
  return (
    <Panel title="Test" hint="One person goes through the campaign in virtual time: waits do not wait, and nothing of it stays">
      <Stack gap="md">
        <TestForm draft={draft} trigger={campaign.trigger} change={setDraft} />
        <Group gap="md">
          <Button size="xs" leftSection={<IconPlay size={14} />} disabled={!isReady(draft)} loading={test.isPending} onClick={() => run(anyway)}>
            Test
          </Button>
          <Checkbox size="xs" label="Let them in anyway" checked={anyway} onChange={event => setAnyway(event.currentTarget.checked)} />
        </Group>
        {test.isError && (
          <Alert color="red" variant="light" role="alert" title="It could not be tested">
            <ErrorWords error={test.error} />
          </Alert>
        )}
        {result !== undefined && (
          <>
            <TestResult result={result} letIn={() => run(true)} />
            {tested !== undefined && result.items.some(item => item.message !== null) && (
              <SendTest result={result} isSending={sending.isPending} send={more => sending.mutate({ ...tested, ...more })} />
            )}
            {sending.isError && (
              <Alert color="red" variant="light" role="alert" title="It was not sent">
                <ErrorWords error={sending.error} />
              </Alert>
            )}
          </>
        )}
      </Stack>
    </Panel>
  );
}
