/** Trying again when that may help: further apart each time, and never all callers at once. */
import { setTimeout as later } from 'node:timers/promises';
import type { AppError, Result } from '#contract/errors';
import { cancelled } from '../voice.ts';
import type { Attempt } from './attempt.ts';

export interface RetryPolicy {
  /** How often at most, the first time included. */
  attempts: number;
  /** Longest wait before the second attempt, ms; doubles with each. */
  firstWaitMs: number;
  longestWaitMs: number;
  /** The longest wait a service may ask for before it is given up, ms. */
  longestAskedMs: number;
  /** From 0 to 1. */
  random: () => number;
  /** Rejects when the signal gives up. */
  wait: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

export const usualRetries: RetryPolicy = {
  attempts: 5,
  firstWaitMs: 1000,
  longestWaitMs: 20_000,
  longestAskedMs: 60_000,
  random: Math.random,
  wait: (ms, signal) => later(ms, undefined, { signal }),
};

/** How long to wait before attempt number `next` (2, 3 …), ms: from half of the back-off to all of it. What the service asked for is the least. */
export function waitBefore(next: number, askedMs: number | null, policy: RetryPolicy): number {
  const most = Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (next - 2));
  const backOff = most * (0.5 + policy.random() / 2);
  // Those that were all told the same moment must not come back in the same moment.
  return askedMs === null ? backOff : askedMs + backOff / 4;
}

/** Attempts until one answers, or trying again is of no use. */
export async function withRetries<T>(
  attempt: () => Promise<Attempt<T>>,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<Result<T>> {
  for (let next = 2; ; next++) {
    if (signal?.aborted) return { ok: false, error: cancelled };
    const result = await attempt();
    if (result.ok) return result;
    const { error, retry, retryAfterMs } = result;
    if (!retry || next > policy.attempts || (retryAfterMs ?? 0) > policy.longestAskedMs) {
      return { ok: false, error: tried(error, next - 1, retryAfterMs) };
    }
    try {
      await policy.wait(waitBefore(next, retryAfterMs, policy), signal);
    } catch {
      return { ok: false, error: cancelled };
    }
  }
}

function tried(error: AppError, times: number, askedMs: number | null): AppError {
  const waits = askedMs === null ? '' : ` It asks to wait ${Math.ceil(askedMs / 1000)} s.`;
  const often = times < 2 ? '' : ` It was tried ${times} times.`;
  return waits === '' && often === '' ? error : { ...error, message: `${error.message}${often}${waits}` };
}
