import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { titled } from '../format/words';
import { queries } from './queries';

export type Names = { segment: (id: string) => string; campaign: (id: string) => string };

/** What marketers call their segments and campaigns; an id in words for those that have no name. */
export function useNames(): Names {
  const segments = useQuery({ ...queries.segments(), staleTime: 60_000 }).data;
  const campaigns = useQuery({ ...queries.campaigns(), staleTime: 60_000 }).data;
  return useMemo(() => ({ segment: lookUp(segments), campaign: lookUp(campaigns) }), [segments, campaigns]);
}

function lookUp(items: readonly { id: string; name: string }[] | undefined): (id: string) => string {
  const names = new Map((items ?? []).map(item => [item.id, item.name]));
  return id => names.get(id) || titled(id);
}
