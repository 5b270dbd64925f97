import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';
import { IconBolt, IconReload } from './icons';
import classes from './states.module.css';

/** What a list shows when there is nothing in it: why, and what would put something there. */
export function EmptyState({ title, icon, children, action }: { title: string; icon?: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <div className={classes.icon}>{icon ?? <IconBolt size={22} />}</div>
      <Title order={3}>{title}</Title>
      {children !== undefined && (
        <Text component="div" size="sm" c="dimmed" maw={680} w="100%">
          {children}
        </Text>
      )}
      {action}
    </div>
  );
}

/** What went wrong in the server's own words, and a way to try again; that there is nothing of the name is no fault. */
export function ErrorState({ error, retry, what = 'This could not be loaded' }: { error: unknown; retry?: () => void; what?: string }) {
  if (error instanceof ApiError && error.problem.status === 404) return <EmptyState title={error.problem.detail ?? error.problem.title} />;
  return (
    <Alert color="red" variant="light" title={what} role="alert" m="md">
      <Stack gap="sm" align="flex-start">
        <ErrorWords error={error} />
        {retry !== undefined && (
          <Button size="xs" color="red" variant="light" leftSection={<IconReload size={14} />} onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function ErrorWords({ error }: { error: unknown }) {
  if (!(error instanceof ApiError)) return <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>;
  const { title, detail, status, errors } = error.problem;
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
        {status > 0 && (
          <Text span size="xs" c="dimmed" fw={400}>
            {' '}
            ({status})
          </Text>
        )}
      </Text>
      {detail !== null && <Text size="sm">{detail}</Text>}
      {errors.map(item => (
        <Text size="sm" key={`${item.file}:${item.line}:${item.field}:${item.message}`}>
          {item.file}
          {item.line > 0 && `:${item.line}`} {item.field} {item.message}
        </Text>
      ))}
    </div>
  );
}

/** Lines in the shape of the list to come, so that nothing jumps when it arrives. */
export function LoadingLines({ lines = 6, height = 20 }: { lines?: number; height?: number }) {
  return (
    <Stack gap="md" p="md" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={height} width={`${92 - ((line * 17) % 30)}%`} radius="sm" />
      ))}
    </Stack>
  );
}
