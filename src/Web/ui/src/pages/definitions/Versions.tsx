import { Badge, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, put } from '../../api/client';
import type { Version } from '../../api/lists';
import { queries } from '../../api/queries';
import { Ago } from '../../components/Ago';
import { ConfirmButton } from '../../components/ConfirmButton';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { ErrorState, LoadingLines } from '../../components/states';
import { plural } from '../../format/numbers';

/** Changes named one by one; of more, how many. */
const NAMED = 6;

/** Every version that was in force, what it changed, and the way back. */
export function Versions() {
  const versions = useQuery(queries.versions());
  const current = versions.data?.find(version => version.inForce)?.version;
  // Newest first: what was filled since is the same.
  const base = versions.data?.find(version => current !== undefined && version.version <= current && version.fills === 0)?.version;
  const columns: Column<Version>[] = [
    {
      id: 'version',
      header: 'Version',
      cell: version => (
        <>
          <Text span fw={600} size="sm">
            {version.version}
          </Text>
          {version.inForce && (
            <Badge ml="xs" size="xs" variant="light">
              in force
            </Badge>
          )}
        </>
      ),
    },
    { id: 'changes', header: 'What it changed', cell: version => <Text size="sm">{changesOf(version)}</Text> },
    { id: 'saved', header: 'Since', from: 'sm', cell: version => <Ago at={version.savedAt} /> },
    { id: 'back', header: '', right: true, cell: version => (version.version === base || version.fills > 0 || current === undefined ? null : <BringBack version={version.version} current={current} />) },
  ];
  return (
    <Panel title="Versions" hint="The latest fifty" flush>
      {versions.isPending && <LoadingLines lines={3} />}
      {versions.isError && <ErrorState error={versions.error} retry={() => void versions.refetch()} />}
      {versions.data !== undefined && <DataTable label="Versions" rows={versions.data} columns={columns} rowKey={version => String(version.version)} />}
    </Panel>
  );
}

function changesOf(version: Version): string {
  if (version.fills > 0) return `Nothing: version ${version.fills}, filled from history`;
  const elements = version.changes.filter(change => change.kind !== 'file');
  const changes = elements.length > 0 ? elements : version.changes;
  if (changes.length > NAMED) return plural(changes.length, 'change');
  return changes.map(change => `${change.change} ${change.kind} ${change.id}`).join(', ');
}

function BringBack({ version, current }: { version: number; current: number }) {
  const client = useQueryClient();
  const run = async (): Promise<void> => {
    const { files } = await get<{ files: { path: string; text: string }[] }>(`/definitions/versions/${version}`);
    await put('/definitions', { files, expected: current });
    await client.invalidateQueries();
  };
  return (
    <ConfirmButton
      variant="subtle"
      size="xs"
      title={`Bring version ${version} back?`}
      explain="Its files come into force as a new version. Customers inside a campaign go on with what they began with; nothing is sent because of it."
      confirm="Bring it back"
      done={`What version ${version} said is in force again.`}
      run={run}
    >
      Bring back
    </ConfirmButton>
  );
}
