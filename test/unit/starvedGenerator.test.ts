/** A generator that has to share its only core must say so itself: the real command line, really pinned beside busy loops. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { RunSummary } from '../../src/contract/run.ts';
import { parseCoreList } from '../../src/engine/coordinator/cores.ts';
import { launchPractice } from '../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../src/main/processes/nodeHost.ts';

const root = join(import.meta.dirname, '..', '..');
const busyLoops = 3;

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'only Linux says how long a thread waited for a core';
  if (spawnSync('taskset', ['--version']).status !== 0) return 'taskset is not installed';
  return existsSync('/proc/thread-self/schedstat')
    ? null
    : 'this system does not show /proc/thread-self/schedstat';
}
const reason = whyNot();

function lastAllowedCore(): string {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return String(parseCoreList(list).at(-1) ?? 0);
}

const folder = mkdtempSync(join(tmpdir(), 'crosstalk-starved-'));
const children: ChildProcess[] = [];
const onCore = (core: string, ...args: string[]) => {
  const child = spawn('taskset', ['-c', core, process.execPath, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CROSSTALK_HOME: join(folder, 'home') },
  });
  children.push(child);
  return child;
};
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(reason !== null)(
  `marks the run of a starved generator untrusted, with reason and figure${reason === null ? '' : ` (skipped: ${reason})`}`,
  { timeout: 60_000 },
  async () => {
    const launched = await launchPractice(nodeProcessHost, { config: { seed: 3 } });
    if (!launched.ok) throw new Error(launched.error.message);
    const agent = launched.value;
    try {
      const core = lastAllowedCore();
      const summaryFile = join(folder, 'summary.json');
      const run = onCore(
        core,
        ...['src/main/cli/entry.ts', 'run', 'resources/scenarios/practice.yaml', '--url', agent.url],
        ...['--users', '10', '--spawn-rate', '50', '--duration', '7s', '--set', 'load.graceful_stop=500ms'],
        ...['--summary', summaryFile, '--no-history', '--ignore-env'],
      );
      let said = '';
      let started = false;
      run.stderr.on('data', (data: Buffer) => {
        said += data.toString();
        // Not sooner: what is starved here is the run, not the program's start.
        if (started || !said.includes('Starting the load generator')) return;
        started = true;
        for (let i = 0; i < busyLoops; i++) onCore(core, '-e', 'for (;;);');
      });
      await once(run, 'exit');
      expect(existsSync(summaryFile), said).toBe(true);
      const summary = RunSummary.parse(JSON.parse(readFileSync(summaryFile, 'utf8')));
      expect(summary.counts.calls_connected).toBeGreaterThan(0);
      expect(summary.trusted).toBe(false);
      expect(summary.untrusted_reasons.join('\n')).toMatch(
        /no core was free and the generator waited \d+ % of the time it had work over 5 s, limit 28 % .*, first \d+ s into the run/,
      );
    } finally {
      await agent.close();
    }
  },
);
