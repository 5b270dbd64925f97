import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter } from 'react-router';
import { ApiError } from './api/client';
import { LiveProvider } from './live/LiveProvider';
import { Pages } from './pages/Pages';
import { Shell } from './shell/Shell';
import { cssVariables, theme } from './theme';

/** Refusals are answers and not tried again; an unreachable server is. */
const retry = (failures: number, error: Error): boolean =>
  failures < 2 && (!(error instanceof ApiError) || error.problem.status === 0 || error.problem.status >= 500);

const client = new QueryClient({ defaultOptions: { queries: { retry, staleTime: 5_000 } } });

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" autoClose={4_000} />
      <QueryClientProvider client={client}>
        <LiveProvider>
          <BrowserRouter>
            <Shell>
              <Pages />
            </Shell>
          </BrowserRouter>
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
