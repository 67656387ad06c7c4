/**
 * What requests cost the history: 1,000,000 of them at 5,000 a second through the real one, then questions about them.
 * Prints bytes and µs per request, how long a second takes until it is written, and how long each question takes.
 * `node test/bench/history/requests.ts [requests]`; ends with 1 when a request costs the database thread more than 10 µs.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../../src/contract/errors.ts';
import { RequestCollector, type RequestColumns } from '../../../src/engine/requests/columns.ts';
import { openHistory, type History } from '../../../src/main/history/history.ts';
import { aStep } from '../../../src/main/history/requestTesting.ts';
import { aBatch, anOutcome, aRun, aSample } from '../../../src/main/history/testing.ts';
import { seededRandom } from './conversation.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const perSecond = 5000;
const threads = 2;
const limitUs = 10;
const random = seededRandom(7);
const steps = ['clients', 'search', 'verify', 'plans', 'chat'].map((name, id) => {
  return { ...aStep(id, { name, phase: id === 4 ? 'chat' : 'read' }), stage: false };
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** As long as few take: most near the beginning of the range, some far beyond. */
const long = (least: number) => least * (1 + 0.3 * random() + (random() < 0.05 ? 4 * random() : 0));

/** What one thread made in second `t`: kept connections, some that were opened, a few failures, streamed answers. */
function secondOf(t: number, count: number): RequestColumns {
  const collector = new RequestCollector();
  for (let i = 0; i < count; i++) {
    const step = Math.floor(random() * 5);
    const failed = random() < 0.004;
    const opened = random() < 0.01;
    const intendedAt = (t - 1) * 1000 + (i / count) * 1000 - long(40);
    const queue = opened ? long(2) : long(0.05);
    const firstByte = long(step === 4 ? 120 : 12);
    const download = step === 4 ? long(800) : long(0.4);
    collector.add({
      ...{
        step,
        vu: 1 + Math.floor(random() * 400),
        iteration: t * 3 + (i % 3),
        intendedAt,
        sentAt: intendedAt + queue,
      },
      ...{ outcome: failed ? 'failed' : 'ok', status: failed ? 503 : 200, error: failed ? 'http_503' : null },
      ...{
        retries: 0,
        bytesSent: 180 + step * 40,
        bytesReceived: Math.round(long(900)),
        checksPassed: failed ? 0 : 1,
      },
      ...{ checksFailed: failed ? 1 : 0, excluded: null, queue, first_byte: firstByte, download },
      ...{ request: queue + firstByte + download, request_uncorrected: firstByte + download },
      ...(opened ? { dns: 0.2, tcp: long(0.4), tls: long(1.2) } : {}),
      ...(step === 4 ? { first_token: firstByte + long(3), tokens_per_second: long(40) } : {}),
    });
  }
  const columns = collector.take();
  if (columns === null) throw new Error('There are no requests');
  return columns;
}

const at = (sorted: readonly number[], share: number) =>
  (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);

async function fill(history: History, runId: string): Promise<number> {
  const written: number[] = [];
  const cpu = { main: 0, database: 0 };
  let made = 0;
  for (let t = 1; made < total; t++) {
    const requests = Array.from({ length: threads }, () => {
      const columns = secondOf(t, perSecond / threads);
      const firstId = made + 1;
      made += columns.length;
      return { firstId, columns };
    });
    const sample = aSample(t, { at: t * 1000, requestsOk: perSecond });
    const before = { all: process.cpuUsage(), main: process.threadCpuUsage(), at: performance.now() };
    history.append(runId, aBatch(t, { sample, turns: [], requests }));
    // The worker answers in order: with this answer the second is written.
    value(await history.histograms(runId));
    written.push(performance.now() - before.at);
    const [all, main] = [process.cpuUsage(before.all), process.threadCpuUsage(before.main)];
    cpu.main += main.user + main.system;
    cpu.database += all.user + all.system - main.user - main.system;
  }
  written.sort((a, b) => a - b);
  process.stdout.write(
    [
      `${made} requests, ${perSecond} a second from ${threads} threads`,
      `  a second: p50 ${at(written, 0.5)} ms, p99 ${at(written, 0.99)} ms, longest ${at(written, 1)} ms until it is written`,
      `  CPU: database thread ${(cpu.database / made).toFixed(2)} µs, main thread ${(cpu.main / made).toFixed(2)} µs per request\n`,
    ].join('\n'),
  );
  return cpu.database / made;
}

async function ask(history: History, runId: string): Promise<void> {
  const chat = { step: 'chat', outcome: 'failed' } as const;
  const slowest = { sort: { by: 'request', descending: true } } as const;
  const questions: [string, () => Promise<Result<unknown>>][] = [
    ['newest 200', () => history.requestList({ runId, newest: true })],
    ['200 in the middle', () => history.requestList({ runId, offset: total / 2 })],
    ['failed ones of a step', () => history.requestList({ runId, ...chat })],
    ['slowest 200', () => history.requestList({ runId, ...slowest })],
    [
      'slowest 200 of a step, page 100',
      () => history.requestList({ runId, ...slowest, step: 'chat', offset: 20_000 }),
    ],
    ['heat map', () => history.heatMap({ runId, metric: 'request', columns: 120, rows: 24 })],
    ['values of a metric', () => history.values(runId, 'request')],
    ['by step, counted', () => history.requestSummary({ runId, by: 'step' })],
  ];
  for (const [name, question] of questions) {
    const times: number[] = [];
    const cpu: number[] = [];
    for (let n = 0; n < 3; n++) {
      const [from, before] = [performance.now(), process.cpuUsage()];
      value(await question());
      const used = process.cpuUsage(before);
      times.push(performance.now() - from);
      cpu.push((used.user + used.system) / 1000);
    }
    for (const list of [times, cpu]) list.sort((a, b) => a - b);
    process.stdout.write(
      `  ${name.padEnd(34)} ${at(times, 0.5).padStart(7)} ms, ${at(cpu, 0.5).padStart(7)} ms of CPU\n`,
    );
  }
}

const folder = mkdtempSync(join(tmpdir(), 'crosstalk-requests-'));
try {
  const file = join(folder, 'crosstalk.db');
  const history = value(await openHistory({ file }));
  history.createRun(aRun('r', { steps }));
  value(await history.list({ limit: 1 }));
  const us = await fill(history, 'r');
  await ask(history, 'r');
  value(await history.finishRun('r', anOutcome('r')));
  value(await history.close());
  process.stdout.write(
    `  ${(statSync(file).size / total).toFixed(1)} bytes per request, everything together\n`,
  );
  process.exitCode = us > limitUs ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
