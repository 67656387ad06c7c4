/** Every request as one line of CSV (`--requests`). Columns are found by name and only ever appended. */
import { grpcStatuses, type RequestRecord, type RequestStep } from '#contract/requests';
import type { RunClock } from '#contract/run';
import { csvLine } from './csv.ts';

type Cell = string | number | null;

/** What a request names by its place, and when the run was. */
export interface RequestsOf {
  steps: readonly RequestStep[];
  clock: RunClock;
}

const time = (ms: number | null): Cell => (ms === null ? null : ms.toFixed(3));

const columns: readonly [
  name: string,
  cell: (request: RequestRecord, step: RequestStep | undefined, clock: RunClock) => Cell,
][] = [
  ['id', (r) => r.id],
  ['step', (_r, s) => s?.name ?? null],
  ['type', (_r, s) => s?.type ?? null],
  ['user', (_r, s) => s?.user ?? null],
  ['phase', (_r, s) => s?.phase ?? null],
  ['group', (_r, s) => s?.group ?? null],
  ['vu', (r) => r.vu],
  ['iteration', (r) => r.iteration],
  ['intended_at_ms', (r, _s, clock) => time(clock.epochMs + r.intendedAt)],
  ['sent_at_ms', (r, _s, clock) => (r.sentAt === null ? null : time(clock.epochMs + r.sentAt))],
  ['outcome', (r) => r.outcome],
  ['status', (r) => (r.status === null ? null : (grpcStatuses[r.status] ?? r.status))],
  ['error', (r) => r.error],
  ['retries', (r) => r.retries],
  ['request', (r) => time(r.request)],
  ['request_uncorrected', (r) => time(r.request_uncorrected)],
  ['queue', (r) => time(r.queue)],
  ['dns', (r) => time(r.dns)],
  ['tcp', (r) => time(r.tcp)],
  ['tls', (r) => time(r.tls)],
  ['first_byte', (r) => time(r.first_byte)],
  ['download', (r) => time(r.download)],
  ['first_token', (r) => time(r.first_token)],
  ['tokens_per_second', (r) => time(r.tokens_per_second)],
  ['first_audio', (r) => time(r.first_audio)],
  ['final_result', (r) => time(r.final_result)],
  ['bytes_sent', (r) => r.bytesSent],
  ['bytes_received', (r) => r.bytesReceived],
  ['checks_passed', (r) => r.checksPassed],
  ['checks_failed', (r) => r.checksFailed],
  ['excluded', (r) => r.excluded],
];

/** Names of the columns in their order. */
export const requestColumns: readonly string[] = columns.map(([name]) => name);

/** The first line. */
export function requestsCsvHeader(): string {
  return csvLine(requestColumns);
}

/** Some requests, a line each. */
export function requestsCsvLines(requests: Iterable<RequestRecord>, { steps, clock }: RequestsOf): string {
  const byId = new Map(steps.map((step) => [step.id, step]));
  let lines = '';
  for (const request of requests)
    lines += csvLine(columns.map(([, cell]) => cell(request, byId.get(request.step), clock)));
  return lines;
}
