/**
 * Nothing behind the engine delays a frame: whole runs of real calls while a screen does not read, the database is
 * locked or silent, or the main thread stands still. Frames are counted; nothing here depends on how fast the machine is.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { RunTick } from '../../src/contract/api/runs.ts';
import type { Result } from '../../src/contract/errors.ts';
import type { CallRecord, Sample } from '../../src/contract/run.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { RunBatch } from '../../src/engine/run.ts';
import { startBrowserHost, type BrowserHost } from '../../src/main/browser/host.ts';
import { bundled, entry } from '../../src/main/entries.ts';
import { openHistory, type History, type HistoryOptions } from '../../src/main/history/history.ts';
import { aTurn } from '../../src/main/history/testing.ts';
import { createNodeCapabilities } from '../../src/main/nodeCapabilities.ts';
import { launchPractice } from '../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../src/main/processes/nodeHost.ts';
import { RunService } from '../../src/main/runs/service.ts';
import type { FinishedRun } from '../../src/main/runs/started.ts';
import { prepareRun } from '../../src/main/scenarios/index.ts';
import { testHandlers } from '../fixtures/handlers.ts';

// Real calls take real seconds.
vi.setConfig({ testTimeout: 60_000 });

const users = 20;
const frameMs = 20;
/** A frame may be this late before its call counts as slipped; so much may be missing at the end of a call. */
const slipMs = 200;

type Listener = (channel: string, payload: unknown) => void;

const engine = createEngine({ workerEntry: entry('engine-worker') });
let folder: string;
let history: History | null = null;
const listeners = new Set<Listener>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-stalled-'));
});
beforeEach(() => listeners.clear());
afterEach(async () => {
  await history?.close();
  history = null;
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message, { cause: result.error });
}

/** A file of its own for each test. */
function databaseFile(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name, 'crosstalk.db');
}

async function open(options: HistoryOptions): Promise<History> {
  history = need(
    await openHistory({ lockWaitMs: 0, ...options, recorder: { retryMs: 20, finalMs: 100, lastMs: 100 } }),
  );
  return history;
}

interface Played extends FinishedRun {
  batches: RunBatch[];
  samples: Sample[];
  calls: CallRecord[];
}

/** Twenty callers for a few seconds against an agent in a process of its own, kept in `into`. */
async function play(
  into: History,
  more: { durationMs?: number; during?: (batch: RunBatch) => void } = {},
): Promise<Played> {
  const runs = new RunService({
    engine,
    history: into,
    processes: nodeProcessHost,
    capabilities: createNodeCapabilities('browser'),
    door: 'browser',
    publish: (domain, name, payload) =>
      listeners.forEach((listener) => listener(`${domain}.${String(name)}`, payload)),
    launchPractice,
    machine: { lookAhead: () => Promise.resolve({ ok: true, value: [] }) },
  });
  const prepared = need(
    await prepareRun(bundled('resources', 'scenarios', 'practice.yaml'), {
      users,
      spawnRate: 100,
      durationMs: more.durationMs ?? 3000,
      seed: 5,
      set: [
        'users[0].calls_per_user=forever',
        'users[0].pause_between_turns=0s',
        'users[0].timeouts.response_gap=200ms',
        'users[0].conversations=[{ name: quick_question, turns: [{ say: "Hi there, I have a quick question", barge_in: { after: 300ms } }, { say: "Thanks, that\'s all I needed to know" }] }]',
      ],
      environmentVariables: null,
      workspaceCache: folder,
      processes: nodeProcessHost,
    }),
  );
  const batches: RunBatch[] = [];
  const run = need(
    await runs.start(prepared, {
      listener: {
        onBatch(batch) {
          batches.push(batch);
          more.during?.(batch);
        },
      },
    }),
  );
  const finished = await run.finished;
  return {
    ...finished,
    batches,
    samples: batches.map((batch) => batch.sample),
    calls: batches.flatMap((batch) => batch.calls),
  };
}

/** Every call has sent the frames of its time. */
function expectEveryFrame({ outcome, calls, samples }: Played): void {
  const { counts } = outcome.summary;
  expect(counts.slipped).toBe(0);
  expect(counts.calls_connected).toBeGreaterThanOrEqual(users);
  expect(counts.calls_failed + counts.calls_dropped).toBe(0);
  for (const call of calls) {
    const due = (call.endedAt - (call.connectedAt ?? call.endedAt)) / frameMs;
    expect(due - call.framesSent).toBeLessThanOrEqual(slipMs / frameMs);
    expect(call.framesSent - due).toBeLessThanOrEqual(2);
  }
  expect(calls.reduce((sum, call) => sum + call.framesSent, 0)).toBe(counts.frames_sent);
  expect(samples.reduce((sum, sample) => sum + sample.framesSent, 0)).toBe(counts.frames_sent);
}

describe('a screen that does not read', () => {
  /** With each tick as many bytes as a run of hundreds of calls brings in minutes. */
  const copies = 40;
  const turnsPerTick = 200;
  let host: BrowserHost;
  let published = 0;
  let longest = 0;

  beforeEach(async () => {
    published = 0;
    longest = 0;
    host = need(
      await startBrowserHost({
        rendererFolder: folder,
        application: {
          handlers: testHandlers(),
          subscribe(listener) {
            const enlarged: Listener = (channel, payload) => {
              if (channel !== 'runs.tick') return listener(channel, payload);
              const tick = RunTick.parse(payload);
              const large = { ...tick, turns: Array.from({ length: turnsPerTick }, () => aTurn()) };
              longest = Math.max(longest, JSON.stringify(large).length);
              for (let i = 0; i < copies; i++) listener(channel, large);
              published += copies;
            };
            listeners.add(enlarged);
            return () => listeners.delete(enlarged);
          },
        },
      }),
    );
  });
  afterEach(() => host.close());

  async function page(): Promise<{ socket: WebSocket; heard: string[] }> {
    const opened = await fetch(host.url(), { redirect: 'manual' });
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    const address = `127.0.0.1:${host.port}`;
    const socket = new WebSocket(`ws://${address}/api`, {
      headers: { Cookie: cookie, Origin: `http://${address}` },
    });
    const heard: string[] = [];
    socket.on('message', (data) => heard.push((data as Buffer).toString('utf8')));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return { socket, heard };
  }

  const tickOf = (text: string) => /"event":"runs.tick"/.test(text);

  it('loses ticks beyond a bound; frames go on, and so do other screens', async () => {
    const original = WebSocket.prototype.send;
    const send = vi.spyOn(WebSocket.prototype, 'send');
    const [stalled, reading] = [await page(), await page()];
    const waiting = new Map<WebSocket, number>();
    send.mockImplementation(function (this: WebSocket, ...args: Parameters<WebSocket['send']>) {
      waiting.set(this, Math.max(waiting.get(this) ?? 0, this.bufferedAmount));
      return Reflect.apply(original, this, args);
    });
    stalled.socket.pause();
    const played = await play(await open({ file: databaseFile('screen') }));

    expectEveryFrame(played);
    expect(published, 'more than the system itself takes in').toBeGreaterThan(3 * copies);
    // What one page may have waiting: a megabyte, and the tick that went beyond it.
    expect(Math.max(...waiting.values())).toBeLessThanOrEqual((1 << 20) + longest);
    await vi.waitFor(() => expect(reading.heard.filter(tickOf).length).toBeGreaterThan(0));
    const last = played.samples.at(-1)?.t;
    await vi.waitFor(() =>
      expect(reading.heard.some((text) => tickOf(text) && text.includes(`"sample":{"t":${last},`))).toBe(
        true,
      ),
    );
    stalled.socket.resume();
    await vi.waitFor(
      () => expect(stalled.heard.some((text) => text.includes('"phase":"finished"'))).toBe(true),
      {
        timeout: 10_000,
      },
    );
    expect(stalled.heard.filter(tickOf).length).toBeLessThan(published);
    stalled.socket.close();
    reading.socket.close();
  });
});

describe('a database that cannot be written', () => {
  it('because another program holds it locked from before the run to after its end', async () => {
    const file = databaseFile('locked');
    const into = await open({ file });
    const other = new SQLite(file);
    other.exec('BEGIN EXCLUSIVE');
    const played = await play(into);
    expectEveryFrame(played);
    expect(played.recorded).toMatchObject({ ok: false, error: { code: 'history_incomplete' } });
    await into.close();
    other.exec('ROLLBACK');
    other.close();

    const next = await open({ file });
    expect(need(await next.get(played.runId))).toMatchObject({
      row: { state: 'finished' },
      summary: { counts: { frames_sent: played.outcome.summary.counts.frames_sent } },
    });
    expect(need(await next.samples(played.runId))).toHaveLength(played.samples.length);
    const turns = played.batches.reduce((sum, batch) => sum + batch.turns.length, 0);
    expect(need(await next.turns({ runId: played.runId, order: 'time', offset: 0, limit: 1 })).total).toBe(
      turns,
    );
  });

  it('because its disk does not answer', async () => {
    const file = databaseFile('silent');
    const workerEntry = fileURLToPath(
      new URL('../../src/main/history/fixtures/stallingWorker.ts', import.meta.url),
    );
    const into = await open({ file, workerEntry, answerMs: 200 });
    writeFileSync(`${file}.stalled`, '');
    const played = await play(into);
    expectEveryFrame(played);
    expect(played.recorded).toMatchObject({ ok: false });
    rmSync(`${file}.stalled`);
    await vi.waitFor(async () => expect(need(await into.get(played.runId)).row.state).toBe('finished'), {
      timeout: 10_000,
    });
    expect(need(await into.samples(played.runId))).toHaveLength(played.samples.length);
  });
});

describe('a main thread that stands still for three seconds', () => {
  it('sends every frame; the next second has what went on meanwhile', async () => {
    const blockMs = 3000;
    let blockedAt = 0;
    const played = await play(await open({ file: databaseFile('main') }), {
      durationMs: 6000,
      during({ sample }) {
        if (sample.t !== 2 || blockedAt > 0) return;
        blockedAt = sample.at;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
      },
    });
    console.log(
      played.outcome.summary.untrusted_reasons,
      played.samples.map((s) => [s.t, s.at, s.framesSent, s.generator.loopDelay]),
    );
    expectEveryFrame(played);
    const after = played.samples.find((sample) => sample.at >= blockedAt + blockMs);
    const seconds = ((after?.at ?? 0) - blockedAt) / 1000;
    expect(after?.framesSent).toBeGreaterThanOrEqual(Math.floor(users * (seconds * 1000 - slipMs)) / frameMs);
  });
});
