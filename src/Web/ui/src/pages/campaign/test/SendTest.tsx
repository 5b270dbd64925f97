import { Autocomplete, Button, Checkbox, Code, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CampaignTest, CampaignTestBody } from '../../../api/campaignTests';
import { queries } from '../../../api/queries';
import { IconSend } from '../../../components/icons';
import classes from './Test.module.css';

type SendTestProps = { result: CampaignTest; isSending: boolean; send: (more: Pick<CampaignTestBody, 'send' | 'to' | 'webhooks'>) => void };

/** The same test once more, with its messages really sent: mails to a test address alone. */
export function SendTest({ result, isSending, send }: SendTestProps) {
  const definitions = useQuery(queries.definitions());
  const [to, setTo] = useState('');
  const [webhooks, setWebhooks] = useState(false);
  const allowed = definitions.data?.testAddresses ?? [];
  const hasWebhooks = result.items.some(item => item.message?.channel === 'webhook');
  if (definitions.data !== undefined && allowed.length === 0) {
    return (
      <Text size="xs" c="dimmed" className={classes.note ?? ''}>
        To get its mails for real, say where tests may go: <Code>{"testAddresses: [ you@example.com, '@example.com' ]"}</Code> in <Code>sending.yaml</Code>.
      </Text>
    );
  }
  const address = to.trim();
  return (
    <Group align="flex-end" gap="sm" className={classes.send ?? ''}>
      <Autocomplete
        label="Send the messages of the test to"
        description={`Test addresses of sending.yaml: ${allowed.join(', ')}`}
        className={classes.to ?? ''}
        data={allowed.filter(item => !item.startsWith('@'))}
        value={to}
        onChange={setTo}
      />
      {hasWebhooks && <Checkbox size="xs" mb={9} label="Call webhooks, too" checked={webhooks} onChange={event => setWebhooks(event.currentTarget.checked)} />}
      <Button
        variant="default"
        leftSection={<IconSend size={15} />}
        disabled={!address.includes('@') && !(webhooks && address === '')}
        loading={isSending}
        onClick={() => send({ send: true, webhooks, ...(address === '' ? {} : { to: address }) })}
      >
        Send as a test
      </Button>
    </Group>
  );
}
