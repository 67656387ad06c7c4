/**
 * How long it takes to look at what is kept: a run of 500 calls for half an hour, and a list of 5,000 runs, asked of the
 * application's own handlers, and on screen in Chromium. `npm run bench:review`, `node test/bench/review.ts [--seconds n] [--runs n]`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TurnQuery } from '../../src/contract/api/runs.ts';
import type { Result } from '../../src/contract/errors.ts';
import { createApplication } from '../../src/main/application.ts';
import { createNodeCapabilities } from '../../src/main/nodeCapabilities.ts';
import { homeIn } from '../../src/main/home.ts';
import { nodeProcessHost } from '../../src/main/processes/nodeHost.ts';
import { buildReviewHistory } from './review/buildHistory.ts';
import { measureOnScreen } from './review/onScreen.ts';

const times = 5;
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '1800' }, runs: { type: 'string', default: '5000' } },
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

interface Row {
  what: string;
  min: number;
  median: number;
  found: string;
}

/** Least and median time of a question, ms; the first time is the cold one. */
async function measure(what: string, ask: () => Promise<string>): Promise<Row> {
  const took: number[] = [];
  let found = '';
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    try {
      found = await ask();
    } catch (thrown) {
      return {
        what,
        min: Number.NaN,
        median: Number.NaN,
        found: thrown instanceof Error ? thrown.message : '',
      };
    }
    took.push(performance.now() - from);
  }
  took.sort((a, b) => a - b);
  return { what, min: took[0] ?? 0, median: took[Math.floor(times / 2)] ?? 0, found };
}

const folder = mkdtempSync(join(tmpdir(), 'crosstalk-review-'));
try {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const counts = { seconds: Number(values.seconds), runs: Number(values.runs) };
  const { bigRun, runs } = await buildReviewHistory(folder, { ...counts, say });
  const megabytes = statSync(join(folder, 'crosstalk.db')).size / 1024 / 1024;
  const application = value(
    await createApplication({
      door: 'cli',
      home: homeIn(folder),
      capabilities: createNodeCapabilities('cli'),
      processes: nodeProcessHost,
    }),
  );
  const { runs: api, review, history } = application.handlers;
  const runId = bigRun;
  const turns = async (query: Partial<TurnQuery>) => {
    const page = value(await api.turns({ runId, order: 'newest', offset: 0, limit: 200, ...query }));
    return `${page.turns.length} of ${page.total}`;
  };
  const detailOf = async () => value(await api.get({ runId }));
  const errorGroups = async () => value(await api.errors({ runId }));
  const samples = async () => value(await api.samples({ runId, atMost: 1200 }));
  const distributions = async () => value(await review.distributions({ runId }));
  const breakdown = async () => value(await review.breakdown({ runId, by: 'turn' }));
  const rows = [
    await measure('open the large run (all below, at once)', async () => {
      const [detail] = await Promise.all([
        detailOf(),
        samples(),
        errorGroups(),
        turns({}),
        breakdown(),
        distributions(),
      ]);
      return detail.row.name;
    }),
    await measure('  get', async () => (await detailOf()).row.name),
    await measure('  samples, at most 1,200', async () => `${(await samples()).length}`),
    await measure('  errors', async () => `${(await errorGroups()).length} kinds`),
    await measure('  newest turns', () => turns({})),
    await measure('  breakdown by turn', async () => `${(await breakdown()).length} rows`),
    await measure('  distributions', async () => `${(await distributions()).length} metrics`),
    await measure('slowest turns', () => turns({ order: 'slowest' })),
    await measure('slowest turns, the last page', () => turns({ order: 'slowest', offset: 250_000 })),
    await measure('turns that timed out', () => turns({ status: 'timeout' })),
    await measure('turns by text', () => turns({ search: 'accident' })),
    await measure('heat map', async () => {
      const map = value(await review.heatMap({ runId, metric: 'ttfa', columns: 120, rows: 24 }));
      return `${map.counts.length} columns`;
    }),
    await measure(
      `the list of ${runs} runs`,
      async () => `${value(await api.list({ limit: 10_000 })).length}`,
    ),
    await measure(
      'how large the history is',
      async () => `${value(await history.facts(undefined)).turns} turns`,
    ),
    await measure('what a pruning would remove', async () => {
      const plan = value(await history.prunePlan({ olderThanDays: 180, keepNewest: null }));
      return `${plan.runs.length} runs`;
    }),
  ];
  await application.close();
  const cell = (ms: number) => (Number.isNaN(ms) ? '–' : ms.toFixed(1)).padStart(9);
  process.stdout.write(`${megabytes.toFixed(0)} MB\n${''.padEnd(42)}  min, ms  median\n`);
  for (const { what, min, median, found } of rows)
    process.stdout.write(`${what.padEnd(42)}${cell(min)}${cell(median)}   ${found}\n`);
  say('Looking at it in Chromium …');
  process.stdout.write(`\nin Chromium${' '.repeat(31)}  min, ms   median      p99\n`);
  for (const { what, took, found } of await measureOnScreen(folder, bigRun)) {
    const at = (share: number) => {
      const sorted = took.toSorted((a, b) => a - b);
      return cell(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
    };
    process.stdout.write(`${what.padEnd(42)}${at(0)}${at(0.5)}${at(0.99)}   ${found}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
