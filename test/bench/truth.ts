/**
 * `npm run bench:truth`: are the measured latencies true? Runs 20 calls for 30 s against the practice agent and sets
 * our `ttfa`, `barge_in` and `connect` beside the agent's own record, turn by turn.
 * Options: --users N, --duration 30s. Ends with 1 when the 99th percentile of a difference exceeds its limit.
 */
import { parseArgs } from 'node:util';
import { parseDuration } from '../../src/contract/quantities.ts';
import { compareWithAgent, percentile, truthRows, type TruthRowName } from './truth/compare.ts';

const limitMs = 5;
const limits: Partial<Record<TruthRowName, number>> = { ttfa: limitMs, barge_in: limitMs };
/** Moments rather than durations: only their difference says something. */
const moments: readonly TruthRowName[] = ['end of speech', 'first audio'];

const { values } = parseArgs({
  options: { users: { type: 'string', default: '20' }, duration: { type: 'string', default: '30s' } },
});
const users = Number(values.users);
const durationMs = parseDuration(values.duration) ?? Number.NaN;
if (!Number.isInteger(users) || users < 1 || !(durationMs > 0))
  throw new Error('--users takes a whole number, --duration a time like 30s');

process.stderr.write(`${users} calls for ${durationMs / 1000} s against the practice agent\n`);
const { rows, summary } = await compareWithAgent({
  users,
  durationMs,
  onSample: (sample, turns) => {
    if (process.stderr.isTTY)
      process.stderr.write(`\r${sample.t} s · ${sample.active} calls · ${turns} turns `);
  },
  onNotice: (message) => process.stderr.write(`\n${message}\n`),
});
if (process.stderr.isTTY) process.stderr.write('\n');

const figure = (value: number | null) => (value === null ? '–' : value.toFixed(2)).padStart(10);
const heads = [
  'turns',
  'ours p50',
  'true p50',
  'ours p95',
  'true p95',
  '|Δ| p50',
  '|Δ| p95',
  '|Δ| p99',
  '|Δ| max',
];
process.stdout.write(`${''.padEnd(24)}${heads.map((h) => h.padStart(10)).join('')}   (ms)\n`);
let failed = false;
for (const name of truthRows) {
  const { ours, truth, difference, missing } = rows[name];
  const moment = moments.includes(name);
  const limit = limits[name];
  const p99 = percentile(difference, 99);
  const wrong = limit !== undefined && (p99 === null || p99 > limit || missing > 0);
  failed ||= wrong;
  const durations = [50, 95].flatMap((p) =>
    [ours, truth].map((list) => (moment ? null : percentile(list, p))),
  );
  const cells = [...durations, ...[50, 95, 99, 100].map((p) => percentile(difference, p))].map(figure);
  const verdict =
    limit === undefined ? '' : wrong ? `  FAILED: limit ${limit} ms` : `  ok: p99 under ${limit} ms`;
  const label = moment ? `  ${name} (stamp)` : name;
  process.stdout.write(
    `${label.padEnd(24)}${String(difference.length).padStart(10)}${cells.join('')}` +
      `${missing > 0 ? `  ${missing} on one side only` : ''}${verdict}\n`,
  );
}
process.stdout.write(
  `frame lateness p99 ${summary.metrics.frame_lateness.p99?.toFixed(2) ?? '–'} ms · ${summary.counts.turns_ok} turns ok, ${summary.counts.turns_failed} failed · ${
    summary.trusted ? 'trusted' : `not trusted: ${summary.untrusted_reasons.join('; ')}`
  }\n`,
);
process.exitCode = failed ? 1 : 0;
