import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../../api/queries';
import type { Overlap } from '../../api/types';
import { Ago } from '../../components/Ago';
import { DataTable, type Column } from '../../components/DataTable';
import { Panel } from '../../components/Panel';
import { ErrorState, LoadingLines } from '../../components/states';
import { count, plural, share } from '../../format/numbers';
import { titled } from '../../format/words';

const to = (other: Overlap): string => `/segments/${encodeURIComponent(other.id)}`;

/** Who is in other segments as well. The server looks at every customer for it, so it counts when somebody asks; leaving the page ends the count. */
export function OverlapPanel({ id }: { id: string }) {
  const [asked, setAsked] = useState('');
  const overlap = useQuery({ ...queries.overlap(id), enabled: asked === id, staleTime: Infinity });
  const size = overlap.data?.size ?? 0;
  const shared = overlap.data?.segments.filter(other => other.both > 0);

  const columns: Column<Overlap>[] = [
    {
      id: 'name',
      header: 'Segment',
      cell: other => (
        <Link to={to(other)} className="plain">
          <Text span fw={600} size="sm">
            {other.name || titled(other.id)}
          </Text>
        </Link>
      ),
    },
    { id: 'both', header: 'In both', right: true, cell: other => count(other.both) },
    { id: 'ofThis', header: 'Of this one', right: true, cell: other => share(other.both, size) },
    { id: 'ofOther', header: 'Of the other', right: true, from: 'sm', cell: other => share(other.both, other.size) },
  ];

  return (
    <Panel
      title="Also in other segments"
      hint={
        overlap.data === undefined ? (
          'Counted exactly, by a look at every customer'
        ) : (
          <>
            {plural(size, 'member')}, counted <Ago at={overlap.data.countedAt} />
          </>
        )
      }
      flush
      aside={
        <Button variant="light" size="xs" loading={overlap.isFetching} onClick={() => (asked === id ? void overlap.refetch() : setAsked(id))}>
          {overlap.data === undefined ? 'Count' : 'Count again'}
        </Button>
      }
    >
      {overlap.isLoading && <LoadingLines lines={3} />}
      {overlap.isError && <ErrorState error={overlap.error} retry={() => void overlap.refetch()} />}
      {shared?.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          No member is in another segment.
        </Text>
      )}
      {shared !== undefined && shared.length > 0 && <DataTable label="Other segments" rows={shared} columns={columns} rowKey={other => other.id} to={to} />}
    </Panel>
  );
}
