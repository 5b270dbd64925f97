const INTERVAL_MS = 50;

/** Waits for a condition; the error says what was waited for. What throws on the way is tried again, and told if time runs out. */
export async function until(what: string, timeoutMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + timeoutMs;
  let trouble = '';
  while (Date.now() < end) {
    try {
      if (await condition()) return;
    } catch (error) {
      trouble = ` (last: ${error instanceof Error ? error.message : String(error)})`;
    }
    await new Promise(resolve => setTimeout(resolve, INTERVAL_MS));
  }
  throw new Error(`Waited ${timeoutMs / 1000} s for ${what}${trouble}`);
}
