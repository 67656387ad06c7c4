/** What requests and iterations of a thread left behind since its last report. */
import type { CheckDelta, KeptRow, RequestReport } from '../messages.ts';
import { RequestCollector, type EndedRequest, type IterationColumns } from './columns.ts';

/** As `IterationColumns.ok` has them. */
export const iterationOutcomes = { failed: 0, ok: 1, cut: 2 } as const;
export type IterationOutcome = keyof typeof iterationOutcomes;

export interface EndedIteration {
  group: number;
  intendedAt: number;
  /** When its first request was sent; null: none was. */
  sentAt: number | null;
  endedAt: number;
  outcome: IterationOutcome;
}

const firstSize = 128;

function columnsOf(size: number): IterationColumns {
  return {
    length: 0,
    group: new Uint16Array(size),
    intendedAt: new Float64Array(size),
    iteration: new Float32Array(size),
    iteration_uncorrected: new Float32Array(size),
    ok: new Uint8Array(size),
  };
}

const arrays = ['group', 'intendedAt', 'iteration', 'iteration_uncorrected', 'ok'] as const;

class IterationCollector {
  #columns = columnsOf(firstSize);
  #size = firstSize;

  add({ group, intendedAt, sentAt, endedAt, outcome }: EndedIteration): void {
    if (this.#columns.length === this.#size) this.#grow();
    const columns = this.#columns;
    const i = columns.length++;
    columns.group[i] = group;
    columns.intendedAt[i] = intendedAt;
    columns.iteration[i] = endedAt - intendedAt;
    columns.iteration_uncorrected[i] = sentAt === null ? Number.NaN : endedAt - sentAt;
    columns.ok[i] = iterationOutcomes[outcome];
  }

  #grow(): void {
    this.#size *= 2;
    const grown = columnsOf(this.#size);
    for (const name of arrays) grown[name].set(this.#columns[name]);
    grown.length = this.#columns.length;
    this.#columns = grown;
  }

  take(): IterationColumns | null {
    const { length, group, intendedAt, iteration, iteration_uncorrected, ok } = this.#columns;
    if (length === 0) return null;
    this.#columns = columnsOf(firstSize);
    this.#size = firstSize;
    return {
      length,
      group: group.slice(0, length),
      intendedAt: intendedAt.slice(0, length),
      iteration: iteration.slice(0, length),
      iteration_uncorrected: iteration_uncorrected.slice(0, length),
      ok: ok.slice(0, length),
    };
  }
}

/** The memory of what a report holds, to hand it over with a message instead of copying it. */
export function memoryOfIterations(columns: IterationColumns): ArrayBuffer[] {
  return arrays.map((name) => columns[name].buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}

export class Results {
  readonly #requests = new RequestCollector();
  readonly #iterations = new IterationCollector();
  /** By step: passed and failed of its first check, of its second … */
  #checks = new Map<number, number[]>();
  #kept: KeptRow[] = [];

  /** Its row. */
  request(ended: EndedRequest): number {
    this.#requests.add(ended);
    return this.#requests.length - 1;
  }

  iteration(ended: EndedIteration): void {
    this.#iterations.add(ended);
  }

  checks(step: number, passed: readonly boolean[]): void {
    let counts = this.#checks.get(step);
    if (counts === undefined) {
      counts = passed.flatMap(() => [0, 0]);
      this.#checks.set(step, counts);
    }
    for (let i = 0; i < passed.length; i++) {
      const at = 2 * i + (passed[i] === true ? 0 : 1);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }

  keep(row: KeptRow): void {
    this.#kept.push(row);
  }

  take(): Omit<RequestReport, 'busy'> {
    const checks: CheckDelta[] = [];
    for (const [step, counts] of this.#checks)
      for (let i = 0; i < counts.length; i += 2)
        checks.push({ step, check: i / 2, passed: counts[i] ?? 0, failed: counts[i + 1] ?? 0 });
    this.#checks = new Map();
    const kept = this.#kept;
    this.#kept = [];
    return { requests: this.#requests.take(), iterations: this.#iterations.take(), checks, kept };
  }
}
