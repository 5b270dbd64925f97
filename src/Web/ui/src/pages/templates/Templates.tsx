import { Autocomplete, Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { part, post } from '../../api/client';
import { queries } from '../../api/queries';
import type { Preview } from '../../api/types';
import { CustomerInput } from '../../components/CustomerInput';
import { IconSend, IconTemplate } from '../../components/icons';
import { MailBody } from '../../components/MailBody';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState, ErrorState, LoadingLines } from '../../components/states';

/** A template as one customer would get it now, and a test of it to an address of one's own. */
export default function Templates() {
  const [search] = useSearchParams();
  const [template, setTemplate] = useState(search.get('template') ?? '');
  const [customer, setCustomer] = useState(search.get('customer') ?? '');
  const [address, setAddress] = useState('');
  const definitions = useQuery(queries.definitions());
  const [typed] = useDebouncedValue(customer, 200);

  const preview = useQuery({
    queryKey: ['preview', template, typed],
    queryFn: () => post<Preview>(`/templates/${part(template)}/preview`, { customer: typed }),
    enabled: template !== '' && typed !== '',
    retry: false,
  });
  const test = useMutation({
    mutationFn: () => post<{ outcome: string }>(`/templates/${part(template)}/test-send`, { customer, to: address }),
    onSuccess: answer => notifications.show({ color: 'teal', title: 'Test message', message: answer.outcome }),
  });

  return (
    <>
      <PageHeader title="Templates" lead="See a message as any customer would get it now, and send a test. Tests are marked as such and count for nobody." />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <Panel title="Preview">
          <Stack gap="sm">
            <Autocomplete
              label="Template"
              placeholder="cart-reminder"
              data={(definitions.data?.templates ?? []).map(item => item.id)}
              value={template}
              onChange={setTemplate}
            />
            <CustomerInput label="As customer" description="The beginning of an id, e-mail or name" value={customer} change={setCustomer} />
            <Group align="flex-end" gap="sm" wrap="nowrap">
              <TextInput
                flex={1}
                label="Send a test to"
                placeholder="you@example.com"
                type="email"
                value={address}
                onChange={event => setAddress(event.currentTarget.value)}
              />
              <Button
                leftSection={<IconSend size={15} />}
                disabled={!preview.isSuccess || !address.includes('@')}
                loading={test.isPending}
                onClick={() => test.mutate()}
              >
                Send
              </Button>
            </Group>
            {test.isError && <ErrorState what="The test was not sent" error={test.error} />}
          </Stack>
        </Panel>
        <Panel {...(preview.data === undefined ? {} : { title: preview.data.subject, hint: 'Subject' })}>
          {preview.isSuccess && (
            <MailBody subject={preview.data.subject} html={preview.data.html} text={preview.data.text} headers={headerLines(preview.data.headers)} />
          )}
          {preview.isLoading && <LoadingLines />}
          {preview.isError && <ErrorState what="No preview" error={preview.error} />}
          {preview.isPending && !preview.isLoading && (
            <EmptyState title="Choose a template and a customer" icon={<IconTemplate size={22} />}>
              The message is rendered with the traits that the customer has at this moment.
            </EmptyState>
          )}
        </Panel>
      </SimpleGrid>
    </>
  );
}

const headerLines = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
