/** The processes of the benchmark: who asks, who answers, and what the former cost. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pause } from '../load/window.ts';

/** Of `/proc/<pid>/stat`, in ticks of 10 ms (sysconf(_SC_CLK_TCK) is 100 on every Linux of today). */
const tickUs = 10_000;

/** User and system time of all threads of a process, µs (man 5 proc, fields 14 and 15). */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickUs;
}

export const canMeasure = existsSync('/proc/self/stat');

export interface Server {
  url: string;
  requests(): Promise<number>;
  close(): Promise<void>;
}

function file(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function numberIn(message: unknown, name: string): number {
  if (typeof message === 'object' && message !== null) {
    const value: unknown = Reflect.get(message, name);
    if (typeof value === 'number') return value;
  }
  throw new Error(`the server said no ${name}`);
}

export async function startServer(): Promise<Server> {
  const child = spawn(process.execPath, [file('./server.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready] = (await once(child, 'message')) as unknown[];
  return {
    url: `http://127.0.0.1:${numberIn(ready, 'port')}/api/v1/clients/`,
    async requests() {
      child.send('count');
      const [counted] = (await once(child, 'message')) as unknown[];
      return numberIn(counted, 'requests');
    },
    close: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

export interface Generator {
  program: string;
  args: string[];
  env?: Record<string, string>;
}

/** One of our own programs in this folder, with its options. */
export function ourProgram(name: string, options: object): Generator {
  return { program: process.execPath, args: [file(`./${name}.ts`), JSON.stringify(options)] };
}

export const locustFile = file('./locust_user.py');

export interface Cost {
  requestsPerSecond: number;
  cpuUsPerRequest: number;
}

/** Lets a generator run warm, then measures it over a window by its CPU and the server's count. */
export async function costOf(
  generator: Generator,
  server: Server,
  { warmMs, windowMs, signal }: { warmMs: number; windowMs: number; signal: AbortSignal },
): Promise<Cost> {
  const child = spawn(generator.program, generator.args, {
    env: { ...process.env, ...generator.env },
    stdio: ['ignore', 'ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4096)));
  const exited = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${generator.args[0] ?? ''} ended early: ${said.trim()}`)));
  });
  exited.catch(() => undefined);
  const wait = (ms: number) => Promise.race([pause(ms, signal), exited]);
  try {
    await wait(warmMs);
    const pid = child.pid ?? 0;
    const from = { at: performance.now(), cpu: cpuOf(pid), requests: await server.requests() };
    await wait(windowMs);
    const cpuUs = cpuOf(pid) - from.cpu;
    const seconds = (performance.now() - from.at) / 1000;
    const requests = (await server.requests()) - from.requests;
    if (requests === 0) throw new Error(`${generator.args[0] ?? ''} made no requests: ${said.trim()}`);
    return { requestsPerSecond: requests / seconds, cpuUsPerRequest: cpuUs / requests };
  } finally {
    await ended(child);
  }
}
