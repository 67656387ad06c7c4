/** The files a run is asked to write. */
import type { ErrorGroup } from '#contract/api/runs';
import type { ReportKind } from '#contract/api/reports';
import { fail, ok, toAppError, type AppError, type Result } from '#contract/errors';
import type { ErrorRecord, RunClock, TurnRecord } from '#contract/run';
import type { RunBatch } from '#engine/run';
import { maskBatch } from '../../history/maskedRecords.ts';
import { reportWriters } from '../../reports/kinds.ts';
import { OutputFile } from '../../reports/outputFile.ts';
import { unwatched, type ReportSource } from '../../reports/source.ts';
import { turnsCsvHeader, turnsCsvLines } from '../../reports/turnsCsv.ts';
import { outputOptions, type OutputPaths } from './outputs.options.ts';

/** What is told from the end of a run alone; everything else needs its records. */
const fromItsEnd: ReadonlySet<ReportKind> = new Set(['summary', 'junit', 'markdown']);

interface Output {
  kind: ReportKind;
  flag: string;
  files: OutputFile[];
}

/** All outputs of one run: opened before it starts, turns written as they come, reports at the end. */
export class RunOutputs {
  readonly #outputs: Output[] = [];
  readonly #errors = new Map<string, ErrorGroup>();
  #clock: RunClock | null = null;
  #waiting: TurnRecord[] = [];

  /** Opens every file; when one cannot be written nothing is left behind. */
  static open(paths: OutputPaths): Result<RunOutputs> {
    const outputs = new RunOutputs();
    const problem = outputs.#open(paths);
    if (problem === null) return ok(outputs);
    outputs.discard();
    return { ok: false, error: problem };
  }

  #open(paths: OutputPaths): AppError | null {
    const targets = new Map<string, string>();
    for (const { name, flag, kind } of outputOptions) {
      const path = paths[name];
      if (path === undefined) continue;
      const output: Output = { kind, flag, files: [] };
      this.#outputs.push(output);
      const { files } = reportWriters[kind];
      // A kind of several files is given their common beginning, any other its whole name.
      for (const { suffix } of files) {
        const file = files.length > 1 ? `${path}${suffix}` : path;
        const opened = OutputFile.open(file, flag);
        if (!opened.ok) return opened.error;
        output.files.push(opened.value);
        const other = targets.get(opened.value.target);
        targets.set(opened.value.target, flag);
        if (other === undefined) continue;
        const message = `${other} and ${flag} would both write ${file}; give each a file of its own.`;
        const twice = fail('invalid_input', 'output_twice', message);
        return twice.ok ? null : twice.error;
      }
    }
    return null;
  }

  /** Whether there is something to write that only the records of the run tell. */
  get needsRecords(): boolean {
    return this.#outputs.some(({ kind }) => kind !== 'turns_csv' && !fromItsEnd.has(kind));
  }

  /** Paths as they were given, or as they came of a prefix. */
  get paths(): string[] {
    return this.#outputs.flatMap(({ files }) => files.map(({ path }) => path));
  }

  /** Errors so far, most frequent first. */
  get errors(): ErrorGroup[] {
    return [...this.#errors.values()].sort((a, b) => b.count - a.count);
  }

  /** Ties the stamps of turns to the time of day; turns that came before wait for it. */
  start(clock: RunClock): void {
    this.#clock = clock;
    for (const file of this.#turnFiles()) file.write(turnsCsvHeader());
    this.#addTurns(this.#waiting.splice(0));
  }

  /** Takes in a second of a run that goes on. */
  add(batch: RunBatch): void {
    const { turns, errors } = maskBatch(batch);
    this.#addTurns(turns);
    for (const error of errors) this.#addError(error);
  }

  #turnFiles(): OutputFile[] {
    return this.#outputs.flatMap(({ kind, files }) => (kind === 'turns_csv' ? files : []));
  }

  #addTurns(turns: readonly TurnRecord[]): void {
    const files = this.#turnFiles();
    if (files.length === 0 || turns.length === 0) return;
    if (this.#clock === null) this.#waiting.push(...turns);
    else for (const file of files) file.write(turnsCsvLines(turns, this.#clock));
  }

  #addError({ kind, message, at, callId, turn }: ErrorRecord): void {
    const known = this.#errors.get(kind);
    if (known !== undefined) {
      known.count++;
      known.lastAt = at;
      return;
    }
    const first = { firstAt: at, lastAt: at, example: message, exampleCall: callId, exampleTurn: turn };
    this.#errors.set(kind, { kind, count: 1, ...first, calls: 0 });
  }

  /** Of a run that went on here: `end` tells of its end, `records` of everything. What failed is in the list. */
  async finish(end: ReportSource, records: () => Promise<ReportSource>): Promise<AppError[]> {
    return this.#write((kind) =>
      kind === 'turns_csv' ? null : fromItsEnd.has(kind) ? Promise.resolve(end) : records(),
    );
  }

  /** Of a run that is over long since. */
  async writeAll(source: ReportSource): Promise<AppError[]> {
    return this.#write(() => Promise.resolve(source));
  }

  /** Writes each kind from its source, and puts its files in their place; null: they are written already. */
  async #write(sourceOf: (kind: ReportKind) => Promise<ReportSource> | null): Promise<AppError[]> {
    const failures: AppError[] = [];
    for (const { kind, files, flag } of this.#outputs) {
      try {
        const source = sourceOf(kind);
        if (source !== null) await reportWriters[kind].write(await source, files, unwatched);
        for (const file of files) {
          const finished = file.finish();
          if (!finished.ok) failures.push(finished.error);
        }
      } catch (thrown) {
        const error = toAppError(thrown, 'report_failed');
        failures.push({ ...error, message: `${flag}: ${error.message}` });
        for (const file of files) file.discard();
      }
    }
    return failures;
  }

  /** Removes what is not finished. */
  discard(): void {
    for (const { files } of this.#outputs) for (const file of files) file.discard();
  }
}
