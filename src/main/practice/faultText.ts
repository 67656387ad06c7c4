/** What goes wrong, as one line of text: `refuse=10%,status=429`. */
import { fail, ok, type Result } from '#contract/errors';
import { readNumber, readShare } from './flags.ts';
import type { Mapping } from './mapping.ts';

/** Faults by how their values are written; `short`: other names of some. */
export interface FaultWords {
  flag: string;
  shares: readonly string[];
  numbers: readonly string[];
  times: readonly string[];
  short: Readonly<Record<string, string>>;
}

/** Of calls. */
export const callFaults: FaultWords = {
  flag: '--fault',
  shares: ['refuse', 'silent', 'drop', 'garbage', 'slow', 'no_answer', 'never_stop'],
  numbers: ['refuse_status', 'drop_code', 'capacity'],
  times: ['slow_by'],
  short: { status: 'refuse_status', code: 'drop_code', by: 'slow_by' },
};

/** Of requests to the services. */
export const requestFaults: FaultWords = {
  flag: '--service-fault',
  shares: ['error', 'slow', 'reset', 'garbage'],
  numbers: ['error_status', 'capacity'],
  times: ['slow_by', 'stall_for', 'stall_every'],
  short: { status: 'error_status', by: 'slow_by', stall: 'stall_for', every: 'stall_every' },
};

/** Reads them; a fault's name alone means always. Fails with what there is. */
export function readFaults(texts: readonly string[], words: FaultWords): Result<Mapping> {
  const faults: Mapping = {};
  for (const part of texts.flatMap((text) => text.split(',')).map((part) => part.trim())) {
    if (part === '') continue;
    const [given = '', text] = part.split('=', 2);
    const name = given.replaceAll('-', '_');
    const key = words.short[name] ?? name;
    const value = readFault(key, text, words);
    if (!value.ok)
      return fail('invalid_input', 'practice_fault', `${words.flag} ${part}: ${value.error.message}`);
    faults[key] = value.value;
  }
  return ok(faults);
}

function readFault(key: string, text: string | undefined, words: FaultWords): Result<unknown> {
  if (words.shares.includes(key)) return readShare(text ?? '1');
  if (words.numbers.includes(key)) return readNumber(text ?? '');
  if (words.times.includes(key) && text !== undefined) return ok(text);
  const known = [...words.shares, ...words.numbers, ...words.times].join(', ');
  return fail('invalid_input', 'fault', `unknown fault; there are ${known}`);
}
