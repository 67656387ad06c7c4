/** What a load is counted in: calls, or iterations where there are users that do not call. Pure. */
import { valueAt } from '#contract/scenario/shape';
import { type EntryKind, kindOf, kindsIn } from '../requests/readSteps.ts';

export interface LoadWords {
  one: 'call' | 'iteration';
  many: 'calls' | 'iterations';
  /** Whether there are users that make requests: their arrivals wait for a place, those of callers are dropped. */
  requests: boolean;
  /** Whether there are callers. */
  calls: boolean;
}

function wordsOf(kinds: ReadonlySet<EntryKind>): LoadWords {
  const requests = kinds.has('http') || kinds.has('grpc');
  const calls = kinds.has('voice') || !requests;
  return requests
    ? { one: 'iteration', many: 'iterations', requests, calls }
    : { one: 'call', many: 'calls', requests, calls };
}

/** Of one load: that of a users entry (by index), or the one for all. */
export function loadWords(scenario: unknown, user: number | null): LoadWords {
  return wordsOf(user === null ? kindsIn(scenario) : new Set([kindOf(valueAt(scenario, ['users', user]))]));
}

export const callWords: LoadWords = wordsOf(new Set(['voice']));

/** A sentence about calls in the words of a load. */
export function inWords(text: string, { one }: LoadWords): string {
  return text.replaceAll(
    /\b([Cc])all(s?)\b/g,
    (_, first: string, plural: string) =>
      `${first === 'C' ? one.charAt(0).toUpperCase() + one.slice(1) : one}${plural}`,
  );
}
