import { Button, Center } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Page } from '../api/types';
import { ErrorState, LoadingLines } from './states';

type PagedListProps<T> = {
  result: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  empty: ReactNode;
  children: (rows: T[]) => ReactNode;
};

/** The states of a list that comes page by page: loading, failed, empty, rows, and more to load. */
export function PagedList<T>({ result, empty, children }: PagedListProps<T>) {
  if (result.isPending) return <LoadingLines />;
  if (result.isError && result.data === undefined) return <ErrorState error={result.error} retry={() => void result.refetch()} />;
  const rows = result.data?.pages.flatMap(page => page.items) ?? [];
  if (rows.length === 0 && !result.hasNextPage) return empty;

  return (
    <>
      {children(rows)}
      {result.isFetchNextPageError && <ErrorState error={result.error} retry={() => void result.fetchNextPage()} />}
      {result.hasNextPage && (
        <Center p="md">
          <Button variant="default" loading={result.isFetchingNextPage} onClick={() => void result.fetchNextPage()}>
            Load more
          </Button>
        </Center>
      )}
    </>
  );
}
