import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WatchedProcess } from '#contract/scenario/resources';
import { SeriesBook } from '../book.ts';
import { machineProcesses } from './index.ts';
import type { ProcessEntry, ProcessTable } from './table.ts';
import { ProcessWatch } from './watch.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const mark = `crosstalk-watched-${process.pid}`;
/** Listens, then says on which port; every line it hears makes it work so long. Ends with its input. */
const program = `
  const server = require('node:net').createServer().listen(Number(process.argv[2]), '127.0.0.1', () =>
    console.log(server.address().port));
  process.stdin.on('data', (text) => {
    const until = performance.now() + Number(text);
    while (performance.now() < until);
    console.log('done');
  }).on('end', () => process.exit());
`;

async function start(
  port = 0,
): Promise<{ child: ChildProcess; pid: number; port: number; work(ms: number): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', program, mark, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const said = async (): Promise<string> => {
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    return text.toString().trim();
  };
  const heard = Number(await said());
  return {
    child,
    pid: child.pid ?? 0,
    port: heard,
    async work(ms) {
      child.stdin.write(String(ms));
      await said();
    },
  };
}

function watch(...processes: Record<string, unknown>[]) {
  const book = new SeriesBook();
  const looker = new ProcessWatch(
    processes.map((one) => WatchedProcess.parse({ name: 'agent', ...one })),
    machineProcesses(),
    book,
  );
  const problems = new Map<string, string | null>();
  return async () => {
    const points = await looker.look(1);
    for (const { name, problem } of book.take()) problems.set(name, problem ?? null);
    return {
      cpu: points[0]?.value ?? null,
      memory: points[1]?.value ?? null,
      problem: problems.get('cpu') ?? null,
    };
  };
}

describe.runIf(process.platform === 'linux')('a process', () => {
  it.each(['name', 'port', 'pid'] as const)('is watched by its %s, with what it uses', async (way) => {
    const { pid, port, work } = await start();
    const look = watch(way === 'name' ? { process: mark } : way === 'port' ? { port } : { pid });
    const first = await look();
    expect(first).toMatchObject({ cpu: null, problem: null });
    expect(first.memory).toBeGreaterThan(10_000_000);
    await work(300);
    const { cpu } = await look();
    expect(cpu).toBeGreaterThan(0.05);
    expect(cpu).toBeLessThan(4);
  });

  it('that is not there is a problem, in words, and not one of the run', async () => {
    expect(await watch({ process: `${mark}-not` })()).toEqual({
      cpu: null,
      memory: null,
      problem: `no process is running whose name or command line has "${mark}-not"`,
    });
    expect((await watch({ port: 1 })()).problem).toBe('no process listens on port 1');
    expect((await watch({ pid: 2 ** 22 + 1 })()).problem).toBe(`there is no process ${2 ** 22 + 1}`);
  });

  it('that begins again is found again by its name and port, and by its id it has ended', async () => {
    const first = await start();
    const looks = [watch({ process: mark }), watch({ port: first.port }), watch({ pid: first.pid })];
    const problems = async () => Promise.all(looks.map(async (look) => (await look()).problem));
    expect(await problems()).toEqual([null, null, null]);
    await end(first.child);
    expect(await problems()).toEqual([
      `no process is running whose name or command line has "${mark}"`,
      `no process listens on port ${first.port}`,
      `process ${first.pid} has ended`,
    ]);
    await start(first.port);
    expect((await problems()).slice(0, 2)).toEqual([null, null]);
  });
});

describe('processes that belong together', () => {
  const entry = (pid: number, parent: number, rss: number): ProcessEntry => ({
    pid,
    parent,
    name: 'worker',
    command: ['worker'],
    identity: String(pid),
    cpuS: { own: 0, endedChildren: 0 },
    cores: null,
    rss,
  });
  const all = [entry(10, 1, 1000), entry(11, 10, 900), entry(12, 11, 800)];
  const table: ProcessTable = {
    all: () => Promise.resolve(all),
    one: (pid) => Promise.resolve(all.find((one) => one.pid === pid) ?? null),
    proportional: (pid) => Promise.resolve(pid === 12 ? null : 100),
    listeners: () => Promise.resolve(new Map()),
  };
  const memoryOf = async (wanted: Record<string, unknown>) => {
    const processes = [WatchedProcess.parse({ name: 'agent', ...wanted })];
    return (await new ProcessWatch(processes, table, new SeriesBook()).look(1))[1]?.value;
  };

  it('are added up, what they share once where that is told', async () => {
    expect(await memoryOf({ pid: 10 })).toBe(100 + 100 + 800);
    expect(await memoryOf({ process: 'worker' })).toBe(1000);
  });

  it('are left out where one is watched alone', async () => {
    expect(await memoryOf({ pid: 10, children: false })).toBe(1000);
  });
});
