import { Alert, Autocomplete, Button, FileInput, Group, SegmentedControl, SimpleGrid, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { part, query, upload } from '../../api/client';
import type { ListReport } from '../../api/staticLists';
import { Panel } from '../../components/Panel';
import { ErrorWords } from '../../components/states';
import { count, plural } from '../../format/numbers';

type Mode = 'put' | 'add' | 'remove';

const MODES: { value: Mode; label: string }[] = [
  { value: 'put', label: 'Replace' },
  { value: 'add', label: 'Add' },
  { value: 'remove', label: 'Take off' },
];

const EXPLAIN: Readonly<Record<Mode, string>> = {
  put: 'Whoever is not in the file leaves the list. A list that is not there is made.',
  add: 'Whoever is in the file is put on the list; nobody leaves.',
  remove: 'Whoever is in the file leaves the list.',
};

const isJson = (file: File): boolean => /\.(ndjson|jsonl|json)(\.gz)?$/i.test(file.name);

/** A file of ids, or of e-mail addresses, to a list; what of it was left out, line by line. */
export function UploadPanel({ known, id: fixed }: { known?: string[]; id?: string }) {
  const client = useQueryClient();
  const [id, setId] = useState(fixed ?? '');
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<Mode>('put');
  const [column, setColumn] = useState('');
  const [by, setBy] = useState('');

  const send = useMutation({
    mutationFn: (chosen: File) =>
      upload<ListReport>(
        mode === 'put' ? 'PUT' : mode === 'add' ? 'POST' : 'DELETE',
        `/lists/${part(id.trim())}${mode === 'put' ? '' : '/members'}${query({ column: column.trim(), by })}`,
        chosen,
        isJson(chosen) ? 'application/x-ndjson' : 'text/csv',
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ['lists'] }),
  });

  return (
    <Panel title="Upload" hint="CSV with one user id a line or a header, or NDJSON; gzip is fine">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {fixed === undefined && (
            <Autocomplete label="List" description="Small letters, digits and hyphens" placeholder="vip" data={known ?? []} value={id} onChange={setId} />
          )}
          <FileInput label="File" description="At most a million rows" placeholder="Choose a file" styles={{ placeholder: { color: 'var(--mantine-color-dimmed)' } }} value={file} onChange={setFile} clearable />
          <TextInput
            label="Column"
            description="If it is not userId, customerId, id or email"
            placeholder="by its name"
            value={column}
            onChange={event => setColumn(event.currentTarget.value)}
          />
          <div>
            <Text size="sm" fw={600} id="upload-by">
              What it holds
            </Text>
            <Text size="xs" c="dimmed" mb={5}>
              Addresses are looked up among known customers
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="upload-by"
              value={by}
              onChange={setBy}
              data={[
                { value: '', label: 'By its name' },
                { value: 'userId', label: 'User ids' },
                { value: 'email', label: 'E-mail' },
              ]}
            />
          </div>
        </SimpleGrid>
        <Group gap="sm">
          <SegmentedControl aria-label="What the file does" value={mode} onChange={value => setMode(value as Mode)} data={MODES} />
          <Text size="sm" c="dimmed">
            {EXPLAIN[mode]}
          </Text>
        </Group>
        <Group gap="sm">
          <Button disabled={id.trim() === '' || file === null} loading={send.isPending} onClick={() => file !== null && send.mutate(file)}>
            Upload
          </Button>
        </Group>
        {send.isError && (
          <Alert color="red" variant="light" role="alert" title="The upload was refused">
            <ErrorWords error={send.error} />
          </Alert>
        )}
        {send.data !== undefined && <Report report={send.data} />}
      </Stack>
    </Panel>
  );
}

function Report({ report }: { report: ListReport }) {
  const left = report.notFound + report.ambiguous + report.invalid;
  return (
    <Alert color={left > 0 ? 'yellow' : 'teal'} variant="light" role="status" title={`${report.id} has ${plural(report.members, 'user')}`}>
      <Text size="sm">
        {count(report.added)} added, {count(report.removed)} removed, {count(report.unchanged)} unchanged
        {left > 0 && `; ${plural(left, 'row')} left out: ${count(report.notFound)} not found, ${count(report.ambiguous)} ambiguous, ${count(report.invalid)} not an id`}
      </Text>
      {report.problems.length > 0 && (
        <Table mt="sm" aria-label="Rows that were left out">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Line</Table.Th>
              <Table.Th>Value</Table.Th>
              <Table.Th>Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.problems.map(problem => (
              <Table.Tr key={problem.line}>
                <Table.Td>{problem.line}</Table.Td>
                <Table.Td style={{ wordBreak: 'break-all' }}>{problem.value}</Table.Td>
                <Table.Td>{problem.reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Alert>
  );
}
