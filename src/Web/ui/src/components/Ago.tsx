import { useSyncExternalStore } from 'react';
import { ago, fullTime } from '../format/time';

/** One clock for every relative time on the page, ticking only while somebody looks at one. */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 5_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** "3 min. ago", with the exact time on hover. */
export function Ago({ at }: { at: string | number }) {
  const words = ago(at, Math.max(useNow(), Date.now()));
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {words}
    </time>
  );
}
