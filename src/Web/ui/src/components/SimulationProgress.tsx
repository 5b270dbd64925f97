import { Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { SimulationProgress as Read } from '../api/simulations';
import { count, share } from '../format/numbers';

/** How far the simulation is that this page waits for. */
export function SimulationProgress() {
  const { data } = useQuery({ queryKey: ['simulation-progress'], queryFn: () => get<Read | undefined>('/simulations/progress').then(read => read ?? null), refetchInterval: 500 });
  if (data === null || data === undefined || data.records === 0) return null;
  return (
    <div>
      <Progress value={(100 * data.read) / data.records} aria-label="Progress of the simulation" />
      <Text size="xs" c="dimmed" mt={4}>
        {`${share(data.read, data.records)} of ${count(data.records)} records`}
      </Text>
    </div>
  );
}
