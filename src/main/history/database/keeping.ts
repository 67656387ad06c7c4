/** Which question about a run's keeping (what is said of it, its removal, its import, copies) is answered by whom. */
import type { Database } from 'better-sqlite3';
import type { z } from 'zod';
import type { AppError } from '#contract/errors';
import { Backups } from './backup.ts';
import { databaseFacts } from './facts.ts';
import { RunImport } from './importing.ts';
import { RunMarks } from './marks.ts';
import type { DatabaseCallName } from './messages.ts';
import { databaseCalls as asked } from './messages.ts';
import type { RunReader } from './read.ts';
import { RunRemoval } from './removal.ts';
import type { RunRows } from './rows.ts';
import type { RunWriter } from './write.ts';

type Answer = (input: unknown) => unknown;

export interface KeepingParts {
  db: Database;
  /** Path of the database file, or `:memory:`. */
  file: string;
  rows: RunRows;
  reader: RunReader;
  writer: RunWriter;
  failureOf: (thrown: unknown) => AppError;
}

function answer<I extends z.ZodType>(
  question: { input: I },
  handle: (input: z.output<I>) => unknown,
): Answer {
  return (input) => handle(question.input.parse(input)) ?? null;
}

/** `close` is called before the database is: a copy that is being made is given up. */
export function keeping({ db, file, rows, reader, writer, failureOf }: KeepingParts) {
  const marks = new RunMarks(db);
  const removal = new RunRemoval(db, rows);
  const imports = new RunImport(db, writer);
  const backups = new Backups(db, file, failureOf);
  const answers = {
    row: answer(asked.row, ({ runId }) => reader.row(runId)),
    remove: answer(asked.remove, ({ runId }) => removal.remove(runId)),
    restore: answer(asked.restore, ({ runId }) => {
      removal.restore(runId);
      return reader.row(runId);
    }),
    edit: answer(asked.edit, ({ runId, edit }) => {
      marks.edit(runId, edit);
      return reader.row(runId);
    }),
    setBaseline: answer(asked.setBaseline, ({ runId, baseline }) => {
      marks.setBaseline(runId, baseline);
      return reader.row(runId);
    }),
    baselineOf: answer(asked.baselineOf, ({ scenario, environment }) =>
      marks.baselineOf(scenario, environment),
    ),
    setComparison: answer(asked.setComparison, ({ runId, ...found }) => marks.setComparison(runId, found)),
    addMarker: answer(asked.addMarker, ({ runId, marker }) => marks.addMarker(runId, marker)),
    removeMarker: answer(asked.removeMarker, ({ runId, id }) => marks.removeMarker(runId, id)),
    series: answer(asked.series, ({ runId }) => reader.series(runId)),
    goDeleted: answer(asked.goDeleted, ({ deletedBefore }) => removal.goDeleted(deletedBefore)),
    goChosen: answer(asked.goChosen, ({ runIds }) => removal.goChosen(runIds)),
    goOn: answer(asked.goOn, () => removal.goOn()),
    prunePlan: answer(asked.prunePlan, (rule) => removal.prunePlan(rule)),
    facts: answer(asked.facts, () => databaseFacts(db, file)),
    importBegin: answer(asked.importBegin, (begun) => imports.begin(begun)),
    importEnd: answer(asked.importEnd, (ended) => {
      imports.end(ended);
      return reader.row(ended.runId);
    }),
    importDrop: answer(asked.importDrop, ({ runId }) => {
      writer.forget(runId);
      removal.drop(runId);
    }),
    backupBegin: answer(asked.backupBegin, ({ file: target }) => backups.begin(target)),
    backupState: answer(asked.backupState, () => backups.state()),
    backupCancel: answer(asked.backupCancel, () => backups.cancel()),
  } satisfies Partial<Record<DatabaseCallName, Answer>>;
  return { answers, close: () => backups.cancel() };
}
