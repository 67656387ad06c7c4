/** The files a run is asked to write. */
import { fail, ok, type AppError, type Result } from '#contract/errors';
import type { RunClock, RunSummary, TurnRecord } from '#contract/run';
import type { Comparison } from '#contract/comparison';
import { baselineCases } from '../../comparing/baselineReport.ts';
import { comparisonMarkdown } from '../../comparing/comparisonMarkdown.ts';
import { junitReport } from '../../reports/junit.ts';
import { markdownReport } from '../../reports/markdown.ts';
import { OutputFile } from '../../reports/outputFile.ts';
import { summaryJson } from '../../reports/summaryJson.ts';
import { turnsCsvHeader, turnsCsvLines } from '../../reports/turnsCsv.ts';

/** `compared`: with its baseline, where there is one. */
type Report = (summary: RunSummary, compared: Comparison | null) => string;

const reports = {
  summary: summaryJson,
  junit: (summary, compared) => junitReport(summary, compared === null ? [] : baselineCases(compared)),
  markdown: (summary, compared) =>
    markdownReport(summary) + (compared === null ? '' : `\n${comparisonMarkdown(compared)}`),
} as const satisfies Record<string, Report>;
type ReportName = keyof typeof reports;
const reportNames = Object.keys(reports) as ReportName[];

export type OutputPaths = Partial<Record<ReportName | 'turns', string>>;

/** All outputs of one run: opened before it starts, turns written as they come, reports at the end. */
export class RunOutputs {
  readonly #reports: { name: ReportName; file: OutputFile }[] = [];
  #turns: OutputFile | null = null;
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
    for (const name of [...reportNames, 'turns' as const]) {
      const path = paths[name];
      if (path === undefined) continue;
      const opened = OutputFile.open(path, `--${name}`);
      if (!opened.ok) return opened.error;
      if (name === 'turns') this.#turns = opened.value;
      else this.#reports.push({ name, file: opened.value });
      const other = targets.get(opened.value.target);
      if (other !== undefined) {
        const twice = fail(
          'invalid_input',
          'output_twice',
          `--${other} and --${name} would both write ${path}; give each a file of its own.`,
        );
        return twice.ok ? null : twice.error;
      }
      targets.set(opened.value.target, name);
    }
    this.#turns?.write(turnsCsvHeader());
    return null;
  }

  /** Ties the stamps of turns to the time of day; turns that came before wait for it. */
  start(clock: RunClock): void {
    this.#clock = clock;
    this.addTurns(this.#waiting.splice(0));
  }

  addTurns(turns: readonly TurnRecord[]): void {
    if (this.#turns === null || turns.length === 0) return;
    if (this.#clock === null) this.#waiting.push(...turns);
    else this.#turns.write(turnsCsvLines(turns, this.#clock));
  }

  /** Writes the reports and puts everything in its place. What failed is in the list. */
  finish(summary: RunSummary, compared: Comparison | null = null): AppError[] {
    const files = this.#reports.map(({ name, file }) => {
      file.write(reports[name](summary, compared));
      return file;
    });
    if (this.#turns !== null) files.push(this.#turns);
    return files.flatMap((file) => {
      const finished = file.finish();
      return finished.ok ? [] : [finished.error];
    });
  }

  /** Removes what is not finished. */
  discard(): void {
    for (const { file } of this.#reports) file.discard();
    this.#turns?.discard();
  }
}
