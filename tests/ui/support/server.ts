import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const program = join(root, 'src/Silo/bin/Release/net10.0/triggers.dll');
/** Seconds on a quiet machine; a loaded one gets time. */
const START_MS = 90_000;
const STOP_MS = 20_000;

/** The built program as users run it, over a data folder and a copy of the shop's definitions of its own. */
export class Server {
  readonly url: string;
  readonly folder: string;
  readonly #port: number;
  #process: ChildProcess | null = null;
  #output = '';

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Server> {
    if (!existsSync(program)) throw new Error(`${program} is not built: run ./test, or dotnet build -c Release src/Silo/Silo.csproj.`);
    const folder = mkdtempSync(join(tmpdir(), 'triggers-ui-'));
    cpSync(join(root, 'examples/shop'), join(folder, 'shop'), { recursive: true });
    const server = new Server(await freePort(), folder);
    try {
      await server.startProcess();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  get definitions(): string {
    return join(this.folder, 'shop/definitions');
  }

  get key(): string {
    return readFileSync(join(this.folder, 'data/management.key'), 'utf8').trim();
  }

  async startProcess(): Promise<void> {
    const args = [program, 'serve', '--port', String(this.#port), '--data', join(this.folder, 'data'), '--definitions', this.definitions];
    const child = spawn('dotnet', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (this.#output = (this.#output + text.toString()).slice(-8_000)));
    await until(`the server to be ready at ${this.url}`, START_MS, async () => {
      if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}:\n${this.#output}`);
      return (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5_000) })).ok;
    });
  }

  /** Ctrl-C; a server that does not stop is a failure of its own. */
  async stopProcess(): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGINT');
    try {
      await until('the server to stop after Ctrl-C', STOP_MS, () => child.exitCode !== null || child.signalCode !== null);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.stopProcess();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends events as a site does, with the write key of the shop. */
  async send(...batch: object[]): Promise<void> {
    const response = await fetch(`${this.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('shop-web:')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    if (!response.ok) throw new Error(`/v1/batch answered ${response.status}: ${await response.text()}`);
  }

  async api<T>(path: string, method = 'GET', body: string | null = null): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, { method, body, headers: { authorization: `Bearer ${this.key}` } });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Waits until the events sent so far have become what the given customer shows. */
  async untilEvents(customer: string, total: number): Promise<void> {
    await until(`${customer} to have ${total} events`, 15_000, async () => {
      const found = await this.api<{ events: { total: number } }>(`/customers/${customer}`);
      return found.events.total >= total;
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('No free port'))));
    });
  });
}
