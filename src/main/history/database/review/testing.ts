/** A database of one's own with the runs of a test in it. */
import type { Database } from 'better-sqlite3';
import type { CallRecord, ErrorRecord, RunSummary, Sample, TurnRecord } from '#contract/run';
import { aRun, aSample, anOutcome } from '../../testing.ts';
import type { NewRun } from '../messages.ts';
import { openDatabase } from '../open.ts';
import { thisProcess } from '../owner.ts';
import { RunReader } from '../read.ts';
import { RunRows } from '../rows.ts';
import { whichRun } from '../whichRun.ts';
import { RunWriter } from '../write.ts';
import { ReviewReader } from './reader.ts';

/** What a run of a test has; everything may be left out. */
export interface TestRun {
  run?: Partial<NewRun>;
  samples?: Sample[];
  turns?: TurnRecord[];
  calls?: CallRecord[];
  errors?: ErrorRecord[];
  /** Left out: the run has no end. */
  summary?: Partial<RunSummary>;
}

/** Opened for one test; close it. */
export class ReviewedDatabase {
  readonly db: Database = openDatabase({ file: ':memory:', maxPages: null, lockWaitMs: 0 });
  readonly reader = new ReviewReader(
    this.db,
    (runId) => whichRun(this.db, runId),
    new RunReader(this.db, new RunRows(this.db)),
  );
  readonly #writer = new RunWriter(this.db, thisProcess());

  /** Writes a run; its turns, calls and errors come with its first second. */
  add(id: string, { run, samples = [aSample(1)], turns, calls, errors, summary }: TestRun): void {
    const [first, ...others] = samples;
    this.#writer.write(id, [
      { kind: 'create', run: aRun(id, run) },
      {
        kind: 'batch',
        n: 1,
        batch: { sample: first, turns: turns ?? [], calls: calls ?? [], errors: errors ?? [] },
      },
      ...others.map((sample, i) => ({
        kind: 'batch' as const,
        n: i + 2,
        batch: { sample, turns: [], calls: [], errors: [] },
      })),
    ]);
    if (summary === undefined) return;
    const outcome = anOutcome(id, summary);
    this.#writer.write(id, [{ kind: 'finish', summary: outcome.summary, histograms: outcome.histograms }]);
  }

  /** Turns were written in another form once. */
  writeTurnsAsBefore(id: string): void {
    this.db.prepare('UPDATE runs SET turn_form = 1 WHERE id = ?').run(id);
  }

  close(): void {
    this.db.close();
  }
}
