/** Which requests are kept with all they said: every one of a single run-through, else those that failed and the slowest. */
import type { KeptRequest } from '#contract/requests';
import type { KeptRow } from '../messages.ts';
import type { Answer } from './answer.ts';
import type { EndedRequest } from './columns.ts';
import { contentsOf } from './contents.ts';
import type { FilledRequest } from './httpSteps.ts';
import type { JourneyStep } from './journey.ts';
import type { Verdict } from './judging.ts';
import type { Masking } from './masking.ts';
import type { Results } from './results.ts';
import type { FilledCall } from './rpcSteps.ts';
import type { Scope } from './scope.ts';

/** A request that ended, with all that is known of it. */
export interface Ended {
  /** Among the requests of the same report. */
  row: number;
  step: JourneyStep;
  ended: EndedRequest;
  verdict: Verdict;
  answer: Answer;
  scope: Scope;
  request: FilledRequest | null;
  call: FilledCall | null;
  results: Results;
}

/** Contents of a second at most, by thread. */
const mostFailedASecond = 4;
/** Of so many requests a second all is asked for that might be kept. */
const mostDetailedASecond = 100;
const mostSlowest = 20;
/** Where each is slower than those before, only the first of a second are looked at. */
const mostSlowASecond = 60;

export class Keeping {
  readonly #all: KeptRequest['why'] | null;
  readonly #masking: Masking;
  #failedLeft = mostFailedASecond;
  #detailedLeft = mostDetailedASecond;
  /** Steps of which the last request failed. */
  readonly #failing = new Set<number>();
  /** What the slowest took, the fastest of them first. */
  #slowest: number[] = [];
  /** Slow ones of this second, and what they took. */
  #slow: { took: number; results: Results; row: KeptRow }[] = [];
  #slowLeft = mostSlowASecond;

  /** `all`: every request is kept, for this reason. */
  constructor(all: KeptRequest['why'] | null, masking: Masking) {
    this.#all = all;
    this.#masking = masking;
  }

  /** Whether the body and the messages of the answer are to be there for keeping. */
  wants(step: number): boolean {
    if (this.#all !== null) return true;
    if (this.#detailedLeft > 0) {
      this.#detailedLeft--;
      return true;
    }
    return this.#failedLeft > 0 && this.#failing.has(step);
  }

  ended(ended: Ended): void {
    const { outcome } = ended.verdict;
    if (this.#all !== null) return this.#keep(ended, this.#all);
    if (outcome === 'ok') {
      if (this.#failing.size > 0) this.#failing.delete(ended.step.id);
    } else if (outcome !== 'cut') {
      this.#failing.add(ended.step.id);
      if (this.#failedLeft > 0) {
        this.#failedLeft--;
        return this.#keep(ended, 'failed');
      }
    }
    this.#mayBeSlow(ended);
  }

  #keep(ended: Ended, why: KeptRequest['why']): void {
    ended.results.keep({ row: ended.row, kept: contentsOf(ended, why, this.#masking) });
  }

  #mayBeSlow(ended: Ended): void {
    const took = ended.ended.request;
    if (took === null || took === undefined || ended.ended.excluded !== null) return;
    const slowest = this.#slowest;
    if (slowest.length === mostSlowest && took <= (slowest[0] ?? 0)) return;
    if (this.#slowLeft === 0) return;
    this.#slowLeft--;
    const at = slowest.findIndex((one) => one > took);
    slowest.splice(at === -1 ? slowest.length : at, 0, took);
    if (slowest.length > mostSlowest) slowest.shift();
    const row = { row: ended.row, kept: contentsOf(ended, 'slowest', this.#masking) };
    this.#slow.push({ took, results: ended.results, row });
  }

  /** A report follows: what of its requests is among the slowest of the run so far is kept with it. */
  settle(): void {
    const [least = 0] = this.#slowest;
    const slow = this.#slow.filter(({ took }) => took >= least).sort((a, b) => b.took - a.took);
    for (const { results, row } of slow.slice(0, mostSlowest)) results.keep(row);
    this.#slow = [];
    this.#slowLeft = mostSlowASecond;
    this.#failedLeft = mostFailedASecond;
    this.#detailedLeft = mostDetailedASecond;
  }
}
