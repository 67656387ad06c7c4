import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { TruthLine } from '#contract/practice';
import type { HostedProcess, ProcessHost } from '../processes/host.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { launchPractice } from './launcher.ts';

test('runs in a process of its own, writes its log, and ends when asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'practice-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const logFile = join(folder, 'truth.jsonl');
  const agent = await launchPractice(nodeProcessHost, { config: { greeting: false }, logFile });
  if (!agent.ok) throw new Error(agent.error.message);
  const { url, port, pid } = agent.value;
  expect(url).toBe(`ws://127.0.0.1:${port}/api/v1/media/stream`);
  expect(pid).not.toBe(process.pid);
  const socket = new WebSocket(url, { headers: { 'x-ms-call-connection-id': 'c-7' } });
  await once(socket, 'open');
  // What Ctrl-C in the terminal sends to everything that runs in it: the agent leaves it to its parent.
  process.kill(pid ?? 0, 'SIGINT');

  const second = await launchPractice(nodeProcessHost, { config: {}, port });
  expect(second).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
  expect(second.ok ? '' : second.error.message).toContain(`Port ${port} is taken`);

  expect(socket.readyState).toBe(socket.OPEN);
  const closed = once(socket, 'close');
  await agent.value.close();
  expect((await closed)[0]).toBe(1001);
  expect(await agent.value.exited).toMatchObject({ code: 0, stderr: '' });
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  expect(lines.map((line) => TruthLine.parse(JSON.parse(line)))).toMatchObject([
    { kind: 'call', callId: 'c-7' },
  ]);
});

test('wrong settings start nothing', async () => {
  const processes: ProcessHost = {
    spawn: () => {
      throw new Error('must not be started');
    },
  };
  const result = await launchPractice(processes, { config: { faults: { refuse: 2 } } });
  expect(result).toMatchObject({ ok: false, error: { kind: 'invalid_input' } });
  expect(result.ok ? '' : result.error.message).toContain('faults.refuse');
});

test('a process that dies while starting is an error with its real cause', async () => {
  const stderr = 'node:internal/modules:1\n  throw\nError: Cannot find package "ws"\n    at somewhere\n';
  const dying: HostedProcess = {
    pid: 1,
    send: () => undefined,
    onMessage: () => () => undefined,
    exited: Promise.resolve({ code: 1, stderr }),
    kill: () => Promise.resolve(),
  };
  const result = await launchPractice({ spawn: () => dying }, { config: {} });
  expect(result).toMatchObject({ ok: false, error: { code: 'practice_died', detail: stderr } });
  expect(result.ok ? '' : result.error.message).toContain('exit code 1): Error: Cannot find package "ws"');
});
