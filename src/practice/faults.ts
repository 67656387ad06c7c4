/** What chance has in store for a call and for each of its turns, drawn from the agent's seed. */
import type { PracticeConfig } from '#contract/practice';
import { createRandom, drawDelay, type Random } from './random.ts';

export interface CallDraws {
  /** Status the upgrade is refused with; null: accepted. */
  refuse: number | null;
  silent: boolean;
  greetingDelayMs: number;
}

export interface TurnDraws {
  /** From the end of the caller's speech to the answer, `slow_by` included, never shorter than `endpointing`. */
  delayMs: number;
  /** From the onset of this turn's utterance, should it interrupt something, to the stop. */
  stopDelayMs: number;
  tool: boolean;
  drop: boolean;
  garbage: boolean;
  slow: boolean;
  noAnswer: boolean;
  /** Keeps talking when this turn's answer is interrupted. */
  neverStop: boolean;
  /** Which of the prepared pieces of speech the answer begins with. */
  variant: number;
  /** Eight hexadecimal digits, as the real server names a tool call. */
  toolCallId: string;
}

function happens(probability: number, random: Random): boolean {
  return random() < probability;
}

/** Draws for the n-th call the agent sees (from 1). */
export function drawCall(config: PracticeConfig, call: number): CallDraws {
  const random = createRandom(config.seed, call, 0);
  return {
    refuse: happens(config.faults.refuse, random) ? config.faults.refuse_status : null,
    silent: happens(config.faults.silent, random),
    greetingDelayMs: drawDelay(config.greeting_delay, random),
  };
}

/** Draws for a call's n-th turn (from 1): always the same number of draws in the same order. */
export function drawTurn(config: PracticeConfig, call: number, turn: number): TurnDraws {
  const random = createRandom(config.seed, call, turn);
  const { faults } = config;
  const delay = drawDelay(config.delay, random);
  const stopDelayMs = drawDelay(config.stop_delay, random);
  const tool = happens(config.tools, random);
  const drop = happens(faults.drop, random);
  const garbage = happens(faults.garbage, random);
  const slow = happens(faults.slow, random);
  const noAnswer = happens(faults.no_answer, random);
  const neverStop = happens(faults.never_stop, random);
  const variant = Math.floor(random() * 1024);
  const toolCallId = Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return {
    delayMs: Math.max(delay + (slow ? faults.slow_by : 0), config.endpointing),
    stopDelayMs,
    tool,
    drop,
    garbage,
    slow,
    noAnswer,
    neverStop,
    variant,
    toolCallId,
  };
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The whole HTTP response that refuses an upgrade; `headers` are whole lines. */
export function refusal(status: number, why: string, headers = ''): string {
  const body = JSON.stringify({ detail: why });
  const retry = status === 429 || status === 503 ? 'Retry-After: 1\r\n' : '';
  return (
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Refused'}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n${retry}${headers}Connection: close\r\n\r\n${body}`
  );
}
