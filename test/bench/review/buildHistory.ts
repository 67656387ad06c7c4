/** A history as a year of work leaves it: one run of 500 calls for half an hour, and thousands of short ones. */
import { join } from 'node:path';
import { callMetrics, turnMetrics, type LatencyMetric } from '../../../src/contract/metrics.ts';
import { breakdowns } from '../../../src/contract/review.ts';
import type { RunSummary } from '../../../src/contract/run.ts';
import { Breakdowns } from '../../../src/engine/measure/breakdown.ts';
import { LatencyHistogram } from '../../../src/engine/measure/histogram.ts';
import { callValue, turnValue } from '../../../src/engine/measure/values.ts';
import type { RunOutcome } from '../../../src/engine/run.ts';
import { openDatabase } from '../../../src/main/history/database/open.ts';
import { thisProcess } from '../../../src/main/history/database/owner.ts';
import { RunWriter } from '../../../src/main/history/database/write.ts';
import { aBatch, aRun, aSummary } from '../../../src/main/history/testing.ts';
import { Crowd, seededRandom, type Second } from '../history/conversation.ts';
import { sampleOf } from '../history/figures.ts';

export interface ReviewHistory {
  /** Id of the large run. */
  bigRun: string;
  /** How many runs there are, the large one among them. */
  runs: number;
}

const big = { calls: 500, seconds: 30 * 60, turnMs: 2870 };
const dayMs = 24 * 60 * 60 * 1000;
const newestAt = Date.UTC(2026, 10, 21, 8, 30);
const trendPoints = 40;

/** What the engine would have measured of a run. */
class Measured {
  readonly #histograms = new Map<string, LatencyHistogram>();
  readonly #breakdowns = new Breakdowns();
  #turns = { ok: 0, failed: 0 };
  #calls = 0;
  #errors = 0;

  add({ turns, calls, errors }: Second): void {
    for (const turn of turns) {
      this.#breakdowns.turn(turn);
      this.#turns[turn.status === 'ok' ? 'ok' : 'failed'] += 1;
      for (const metric of turnMetrics) {
        const value = turnValue(turn, metric);
        if (value === null) continue;
        const of = [`turn=${turn.turn}`, `conversation=${turn.conversation}`, `user=${turn.user}`];
        this.#record(metric, value);
        for (const part of of) this.#record(`${metric}|${part}`, value);
      }
    }
    for (const call of calls) {
      for (const metric of callMetrics) {
        const value = callValue(call, metric);
        if (value !== null) this.#record(metric, value);
      }
    }
    this.#calls += calls.length;
    this.#errors += errors.length;
  }

  outcome(runId: string, seconds: number): RunOutcome {
    const base = aSummary(runId);
    const metrics: RunSummary['metrics'] = { ...base.metrics };
    for (const [key, histogram] of this.#histograms)
      if (key in metrics) metrics[key as LatencyMetric] = histogram.summary();
    const { ok, failed } = this.#turns;
    const summary: RunSummary = {
      ...base,
      duration_s: seconds,
      metrics,
      counts: {
        ...base.counts,
        calls_attempted: this.#calls,
        calls_connected: this.#calls,
        turns_ok: ok,
        turns_failed: failed,
        errors: this.#errors === 0 ? {} : { first_byte_timeout: this.#errors },
      },
      rates: { ...base.rates, turn_success: ok + failed === 0 ? null : ok / (ok + failed) },
    };
    const rows = breakdowns.map((by) => [by, this.#breakdowns.rows(by, (key) => this.#histograms.get(key))]);
    return {
      summary,
      histograms: Object.fromEntries([...this.#histograms].map(([key, one]) => [key, one.encode()])),
      breakdowns: Object.fromEntries(rows) as RunOutcome['breakdowns'],
      requests: { step: [], phase: [], group: [], user: [], period: [] },
    };
  }

  #record(key: string, value: number): void {
    let histogram = this.#histograms.get(key);
    if (histogram === undefined) this.#histograms.set(key, (histogram = new LatencyHistogram()));
    histogram.record(value);
  }
}

/**
 * Builds `crosstalk.db` in a folder that has none, about 90 MB; takes half a minute. `seconds` and `runs` may be made
 * smaller for a quick look.
 */
export function buildReviewHistory(
  folder: string,
  { seconds = big.seconds, runs = 5000, say = (_line: string) => {} } = {},
): Promise<ReviewHistory> {
  const db = openDatabase({ file: join(folder, 'crosstalk.db'), maxPages: null, lockWaitMs: 1000 });
  try {
    const writer = new RunWriter(db, thisProcess());
    say(`writing ${runs - 1} short runs`);
    const write = db.transaction(() => {
      for (let i = 1; i < runs; i++) writeShortRun(writer, i);
    });
    write();
    // What they would have had, had they been longer.
    const random = seededRandom(3);
    const setTrend = db.prepare<[string, number]>('UPDATE runs SET ttfa_trend = ? WHERE key = ?');
    const keys = db.prepare<[], { key: number }>('SELECT key FROM runs').all();
    db.transaction(() => {
      for (const { key } of keys)
        setTrend.run(JSON.stringify(Array.from({ length: trendPoints }, () => 700 + 900 * random())), key);
    })();
    db.exec(`UPDATE runs SET starred = 1 WHERE key % 50 = 0`);
    db.exec(`INSERT INTO baselines (scenario, environment, run)
             SELECT scenario, environment, min(key) FROM runs GROUP BY scenario, environment`);
    const bigRun = '20261121-105314-414a';
    writeBigRun(writer, bigRun, seconds, say);
    db.pragma('wal_checkpoint(TRUNCATE)');
    return Promise.resolve({ bigRun, runs });
  } finally {
    db.close();
  }
}

function writeShortRun(writer: RunWriter, i: number): void {
  const id = `20260101-${String(i).padStart(6, '0')}-${(i * 7919).toString(16).padStart(4, '0')}`;
  const scenario = ['Insurance inquiry', 'Quick question', 'Nightly regression', 'Smoke'][i % 4] ?? 'Smoke';
  const environment = ['practice', 'staging', 'pre-production'][i % 3] ?? 'practice';
  const startedAt = newestAt - (i * 365 * dayMs) / 5000;
  writer.write(id, [
    {
      kind: 'create',
      run: aRun(id, {
        name: `${scenario} ${i}`,
        scenario,
        environment,
        startedAt,
        scenarioYaml: yaml(scenario),
      }),
    },
  ]);
  const measured = new Measured();
  const random = seededRandom(i);
  const crowd = new Crowd(3, 6750, i);
  for (let t = 1; t <= 10; t++) {
    const second = crowd.second(t);
    measured.add(second);
    const batch = aBatch(t, { ...second, sample: sampleOf(t, 3, second, random) });
    writer.write(id, [{ kind: 'batch', n: t, batch }]);
  }
  // Without the histograms of every part: they would be most of the file.
  const { summary, breakdowns: rows } = measured.outcome(id, 60);
  const of = { ...summary, scenario, environment };
  writer.write(id, [{ kind: 'finish', summary: of, histograms: {}, breakdowns: rows }]);
}

function writeBigRun(writer: RunWriter, id: string, seconds: number, say: (line: string) => void): void {
  const started = {
    startedAt: newestAt + 60_000,
    plannedMs: seconds * 1000,
    name: '500 calls for half an hour',
  };
  writer.write(id, [
    { kind: 'create', run: aRun(id, { ...started, scenarioYaml: yaml('Insurance inquiry') }) },
  ]);
  const measured = new Measured();
  const random = seededRandom(11);
  const crowd = new Crowd(big.calls, big.turnMs, 7);
  let turns = 0;
  for (let t = 1; t <= seconds; t++) {
    const second = crowd.second(t);
    measured.add(second);
    turns += second.turns.length;
    writer.write(id, [
      { kind: 'batch', n: t, batch: { sample: sampleOf(t, big.calls, second, random), ...second } },
    ]);
    if (t % 300 === 0) say(`large run: ${t} of ${seconds} s, ${turns} turns`);
  }
  writer.write(id, [{ kind: 'finish', ...measured.outcome(id, seconds) }]);
}

/** As long as an ordinary scenario. */
function yaml(name: string): string {
  const turn =
    '      - say: I have a question about the policy I took out last year, and about what it covers\n';
  return `version: 1\nname: ${name}\nconversations:\n  - name: insurance_inquiry\n    turns:\n${turn.repeat(20)}`;
}
