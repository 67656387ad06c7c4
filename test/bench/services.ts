/**
 * `npm run bench:services`: are the measured times of requests true? Makes HTTP and gRPC requests of the practice agent's
 * services for 20 s, well below what either side can do, and sets our times beside the agent's own record, request by
 * request. The difference holds the way over the loopback interface and both event loops.
 * Options: --users N (of each of four kinds), --duration 20s, --only http|grpc. Ends with 1 when the 99th percentile of a difference
 * exceeds its limit.
 */
import { parseArgs } from 'node:util';
import { parseDuration } from '../../src/contract/quantities.ts';
import { compareWithServices, quantityNames, type QuantityName } from './services/compare.ts';
import { percentile } from './truth/compare.ts';

const limitMs = 2;
const limited: readonly QuantityName[] = [
  'HTTP GET',
  'chat stream, first token',
  'gRPC unary',
  'text to speech, first audio',
];

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '5' },
    duration: { type: 'string', default: '20s' },
    only: { type: 'string' },
  },
});
const only = values.only === 'http' || values.only === 'grpc' ? values.only : null;
const users = Number(values.users);
const durationMs = parseDuration(values.duration) ?? Number.NaN;
if (!Number.isInteger(users) || users < 1 || !(durationMs > 0))
  throw new Error('--users takes a whole number, --duration a time like 20s');

process.stderr.write(`4 × ${users} users for ${durationMs / 1000} s against the practice agent's services\n`);
const { rows, requests, summary } = await compareWithServices({
  users,
  durationMs,
  only,
  onSample: (sample) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${sample.t} s · ${sample.active} users `);
  },
  onNotice: (message) => process.stderr.write(`\n${message}\n`),
});
if (process.stderr.isTTY) process.stderr.write('\n');

const figure = (value: number | null) => (value === null ? '–' : value.toFixed(2)).padStart(10);
const heads = [
  'requests',
  'ours p50',
  'true p50',
  'ours p95',
  'true p95',
  '|Δ| p50',
  '|Δ| p95',
  '|Δ| p99',
  '|Δ| max',
];
process.stdout.write(`${''.padEnd(30)}${heads.map((head) => head.padStart(10)).join('')}   (ms)\n`);
let failed = false;
for (const name of quantityNames) {
  const { ours, truth, difference, missing } = rows[name];
  if (difference.length === 0 && missing === 0 && only !== null) continue;
  const p99 = percentile(difference, 99);
  const isLimited = limited.includes(name);
  const wrong = isLimited && (p99 === null || p99 > limitMs || missing > 0);
  failed ||= wrong;
  const cells = [
    ...[50, 95].flatMap((p) => [ours, truth].map((list) => percentile(list, p))),
    ...[50, 95, 99, 100].map((p) => percentile(difference, p)),
  ].map(figure);
  const verdict = !isLimited ? '' : wrong ? `  FAILED: limit ${limitMs} ms` : `  ok: p99 under ${limitMs} ms`;
  process.stdout.write(
    `${name.padEnd(30)}${String(difference.length).padStart(10)}${cells.join('')}` +
      `${missing > 0 ? `  ${missing} on one side only` : ''}${verdict}\n`,
  );
}
process.stdout.write(
  `${requests} requests · ${
    summary.trusted ? 'trusted' : `not trusted: ${summary.untrusted_reasons.join('; ')}`
  }\n`,
);
process.exitCode = failed ? 1 : 0;
