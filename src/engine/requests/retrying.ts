/** Whether a request that failed is made again. */
import { grpcStatuses } from '#contract/requests';
import type { Retries } from '#contract/scenario/request';
import type { Answer } from './answer.ts';

const connecting: ReadonlySet<string> = new Set([
  'dns',
  'refused',
  'unreachable',
  'connect_timeout',
  'tls',
  'proxy',
]);
const timingOut: ReadonlySet<string> = new Set(['request_timeout', 'deadline', 'timeout']);
const deadlineExceeded = grpcStatuses.indexOf('DEADLINE_EXCEEDED');
const unavailable = grpcStatuses.indexOf('UNAVAILABLE');

/** Whether no connection came about. */
export function neverConnected({ failure, sentAt, status }: Answer): boolean {
  if (sentAt !== null) return false;
  return failure === null ? status === unavailable : connecting.has(failure.kind);
}

export function timedOut({ failure, status }: Answer): boolean {
  return failure === null ? status === deadlineExceeded : timingOut.has(failure.kind);
}

export interface Retrying {
  attempts: number;
  /** Before retry `n`, from 1; ms. */
  backoff(n: number): number;
  /** Of a request that failed. */
  again(answer: Answer): boolean;
}

/** Backing off never takes longer. */
const mostBackoffMs = 60_000;

export function compileRetries({ attempts, backoff, on }: Retries, http: boolean): Retrying {
  const causes = new Set(on.map((one) => (typeof one === 'string' ? one.toUpperCase() : one)));
  const byStatus = ({ status, failure }: Answer) => {
    if (status === null || failure !== null) return false;
    if (!http) return causes.has(grpcStatuses[status] ?? status);
    return causes.has(status) || causes.has(`${Math.floor(status / 100)}XX`) || causes.has(String(status));
  };
  return {
    attempts,
    backoff: (n) => Math.min(mostBackoffMs, backoff * 2 ** (n - 1)),
    again: (answer) => {
      if (neverConnected(answer)) return causes.has('CONNECT') || byStatus(answer);
      if (timedOut(answer)) return causes.has('TIMEOUT') || byStatus(answer);
      if (answer.failure?.kind === 'reset') return causes.has('RESET');
      return byStatus(answer);
    },
  };
}
