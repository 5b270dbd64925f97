import { Alert, Badge, Button, Code, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, post } from '../../api/client';
import type { Definitions as DefinitionsView, ReloadResult } from '../../api/lists';
import { queries } from '../../api/queries';
import { Facts } from '../../components/Facts';
import { Folded } from '../../components/Folded';
import { IconReload } from '../../components/icons';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { ErrorState, LoadingLines } from '../../components/states';
import { plural } from '../../format/numbers';
import { fullTime } from '../../format/time';
import { DefinitionErrors } from './DefinitionErrors';
import { Files } from './Files';
import { Fills } from './Fills';
import { Versions } from './Versions';

/** The documents that marketers write: which version is in force, and the way to take in a changed folder. */
export default function Definitions() {
  const client = useQueryClient();
  const definitions = useQuery(queries.definitions());
  const reload = useMutation({
    mutationFn: () => post<ReloadResult>('/definitions/reload').catch(refusalAsResult),
    onSuccess: result => (result.valid ? client.invalidateQueries() : undefined),
  });

  return (
    <>
      <PageHeader
        title="Definitions"
        lead="Segments, scoring, sources, campaigns and templates, as files in a folder. Valid changes replace the old as a new version; invalid ones change nothing."
        actions={
          <Button leftSection={<IconReload size={16} />} loading={reload.isPending} onClick={() => reload.mutate()}>
            Reload from the folder
          </Button>
        }
      />
      <Stack gap="md">
        {reload.isError && <ErrorState what="The definitions were not reloaded" error={reload.error} />}
        {definitions.data?.folder === 'differs' && (
          <Alert color="orange" variant="light" title="The server’s folder reads otherwise" role="status">
            Something else is in force: it was applied from elsewhere, or the folder was changed since. Reload brings the folder into force; <Code>triggers export</Code> writes what is in force
            into a folder.
          </Alert>
        )}
        {reload.data !== undefined && <Answer result={reload.data} />}
        <Panel title="In force">
          {definitions.isPending && <LoadingLines lines={3} />}
          {definitions.isError && <ErrorState error={definitions.error} retry={() => void definitions.refetch()} />}
          {definitions.data !== undefined && <InForce definitions={definitions.data} />}
        </Panel>
        <Fills />
        <Versions />
        {definitions.data !== undefined && definitions.data.files.length > 0 && (
          <Panel title="Files" hint="As they were read for this version" flush>
            <Files files={definitions.data.files} />
          </Panel>
        )}
      </Stack>
    </>
  );
}

/** A broken folder is an answer to show in full, whether the server calls it a result or a problem. */
function refusalAsResult(error: unknown): ReloadResult {
  if (error instanceof ApiError && error.problem.errors.length > 0) return { valid: false, changed: false, version: 0, errors: error.problem.errors };
  throw error;
}

function Answer({ result }: { result: ReloadResult }) {
  if (!result.valid) return <DefinitionErrors errors={result.errors} />;
  return (
    <Alert color="teal" title={result.changed ? `Version ${result.version} is in force` : 'Nothing has changed'} role="status">
      {result.changed
        ? 'Customers are evaluated again in the background. Those who enter a segment because its definition changed trigger nothing.'
        : `The folder equals version ${result.version}.`}
    </Alert>
  );
}

function InForce({ definitions }: { definitions: DefinitionsView }) {
  const { version, savedAt, sources, segments, campaigns, templates } = definitions;
  return (
    <Facts
      facts={[
        ['Version', <Badge key="version">{version}</Badge>],
        ['Since', savedAt === null ? '–' : fullTime(savedAt)],
        [
          'Sources',
          <Folded key="sources" items={sources} what="sources" words={source => `${source.name} ${source.id} ${source.writeKey}`}>
            {found => (
              <Stack gap={4}>
                {found.map(source => (
                  <Text size="sm" key={source.id}>
                    {source.name}, write key <Code>{source.writeKey}</Code>
                  </Text>
                ))}
              </Stack>
            )}
          </Folded>,
        ],
        ['Holds', [plural(segments.length, 'segment'), plural(campaigns.length, 'campaign'), plural(templates.length, 'template')].join(', ')],
      ]}
    />
  );
}
