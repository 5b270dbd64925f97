import { HttpTransportType, HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr';
import type { LiveDelta, LiveSeconds, LiveSnapshot } from '../api/types';
import { get, goToSignIn } from '../api/client';
import type { LiveStore } from './store';

const RETRY_MS = [0, 500, 1_000, 2_000, 5_000];
const retryDelay = (attempt: number): number => RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 5_000;

/** Keeps one hub connection for the whole app and feeds the store with it, for as long as the page lives. */
export function startLive(store: LiveStore): () => void {
  const hub = new HubConnectionBuilder()
    .withUrl('/live', { transport: HttpTransportType.WebSockets | HttpTransportType.LongPolling })
    // Never gives up: a dashboard on a wall has nobody to press a button.
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: context => retryDelay(context.previousRetryCount) })
    .configureLogging(LogLevel.None)
    .build();

  let stopped = false;
  let resyncing = false;

  const resync = async (): Promise<void> => {
    if (resyncing || hub.state !== HubConnectionState.Connected) return;
    resyncing = true;
    try {
      await hub.send('Resync');
    } catch {
      // The connection fell; connecting again brings a snapshot of its own.
      resyncing = false;
    }
  };

  hub.on('snapshot', (snapshot: LiveSnapshot) => {
    resyncing = false;
    if (!store.ready) void showPast(store);
    store.applySnapshot(snapshot);
    store.setStatus('live');
  });
  hub.on('delta', (delta: LiveDelta) => {
    if (!store.applyDelta(delta)) void resync();
  });
  hub.onreconnecting(() => store.setStatus('reconnecting'));
  hub.onreconnected(() => {
    resyncing = false;
  });
  hub.onclose(() => {
    if (!stopped) void connect(hub, store, () => stopped);
  });

  void connect(hub, store, () => stopped);
  const sampler = setInterval(() => store.sample(Date.now()), 1_000);

  return () => {
    stopped = true;
    clearInterval(sampler);
    void hub.stop();
  };
}

/** By this browser's clock, whatever the server's says. Without it the charts begin with this page. */
async function showPast(store: LiveStore): Promise<void> {
  try {
    const past = await get<LiveSeconds>('/stats/seconds');
    const shift = Date.now() - Date.parse(past.seconds.at(-1)?.at ?? '');
    store.applyPast(past.seconds.map(second => ({ ...second, at: Date.parse(second.at) + shift })));
  } catch {
    // The connection says what is wrong with the server.
  }
}

async function connect(hub: HubConnection, store: LiveStore, stopped: () => boolean): Promise<void> {
  for (let attempt = 0; !stopped(); attempt++) {
    try {
      await hub.start();
      return;
    } catch (error) {
      if (error instanceof Error && /\b401\b/.test(error.message)) {
        goToSignIn();
        return;
      }
      store.setStatus(attempt === 0 ? 'reconnecting' : 'offline');
      await new Promise(resolve => setTimeout(resolve, retryDelay(attempt + 1)));
    }
  }
}
