/** The check that goes on, and the last one: one at a time, with the frames of its calls. */
import { randomBytes } from 'node:crypto';
import type { CheckReport, CheckSubject } from '#contract/api/checks';
import type { CheckedTarget, CheckFrame } from '#contract/checks';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { maskUrl } from '#contract/secrets';
import { CheckCancelled, type CheckReporting } from './index.ts';
import { checkCommandLine } from './commandLine.ts';

export interface CheckServiceOptions {
  /** What a check would disturb, in words; null: nothing. */
  busy: () => string | null;
  /** Makes the check. Rejects with `CheckCancelled`. */
  make: (subject: CheckSubject, reporting: CheckReporting) => Promise<Result<CheckedTarget[]>>;
  /** Told some times a second how it stands. */
  onProgress: (report: CheckReport) => void;
}

/** Screens are not told more often. */
const betweenProgressMs = 200;

interface Current {
  report: CheckReport;
  /** By target. */
  frames: CheckFrame[][];
  cancel: AbortController;
  finished: Promise<void>;
}

/** What of a subject may be shown again. */
function shownSubject(subject: CheckSubject): CheckSubject {
  if (subject.kind === 'url') return { kind: 'url', url: maskUrl(subject.url) };
  return subject.kind === 'scenario' ? { ...subject, yaml: undefined } : subject;
}

export class CheckService {
  readonly #options: CheckServiceOptions;
  #current: Current | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: CheckServiceOptions) {
    this.#options = options;
  }

  /** In words; null: none goes on. */
  goingOn(): string | null {
    return this.#current?.report.state === 'going' ? 'A check is going on' : null;
  }

  /** Errors: `check_in_progress`, `run_in_progress`, `closing`. */
  start(subject: CheckSubject): Result<{ checkId: string }> {
    if (this.#closed)
      return fail('refused', 'closing', 'Crosstalk is closing; start it again to check something.');
    if (this.goingOn() !== null)
      return fail('conflict', 'check_in_progress', 'A check is going on: cancel it or let it end first.');
    const busy = this.#options.busy();
    if (busy !== null)
      return fail(
        'conflict',
        'run_in_progress',
        `${busy}: let it end first, a check beside it would disturb its measurement.`,
      );
    const checkId = randomBytes(6).toString('hex');
    const report: CheckReport = {
      checkId,
      subject: shownSubject(subject),
      state: 'going',
      doing: 'Reading what is to be checked',
      targets: [],
      error: null,
      commandLine: checkCommandLine(subject),
    };
    const current: Current = {
      report,
      frames: [],
      cancel: new AbortController(),
      finished: Promise.resolve(),
    };
    this.#current = current;
    current.finished = this.#run(current, subject);
    return ok({ checkId });
  }

  cancel(checkId: string): Result<void> {
    const current = this.#known(checkId);
    if (!current.ok) return current;
    current.value.cancel.abort();
    return ok(undefined);
  }

  last(): CheckReport | null {
    return this.#current === null ? null : structuredClone(this.#current.report);
  }

  frames(query: {
    checkId: string;
    target: number;
    from: number;
    limit: number;
  }): Result<{ total: number; frames: CheckFrame[] }> {
    const current = this.#known(query.checkId);
    if (!current.ok) return current;
    const all = current.value.frames[query.target] ?? [];
    return ok({ total: all.length, frames: all.slice(query.from, query.from + query.limit) });
  }

  /** Gives up what goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#current?.cancel.abort();
    await this.#current?.finished;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #known(checkId: string): Result<Current> {
    const current = this.#current;
    return current?.report.checkId === checkId
      ? ok(current)
      : fail(
          'not_found',
          'unknown_check',
          'That check is not kept any more: only the last one is. Make it again.',
        );
  }

  async #run(current: Current, subject: CheckSubject): Promise<void> {
    const { cancel, frames, report } = current;
    const changed = () => this.#tell();
    try {
      const checked = await this.#options.make(subject, {
        signal: cancel.signal,
        onTarget: ({ url, user }) => {
          report.targets.push({ url, user, passed: false, steps: [] });
          frames.push([]);
          changed();
        },
        onStep: (step) => {
          report.targets.at(-1)?.steps.push(step);
          changed();
        },
        onFrames: (more) => {
          frames.at(-1)?.push(...more);
          changed();
        },
        onDoing: (text) => {
          report.doing = text;
          changed();
        },
      });
      if (checked.ok) {
        report.targets = checked.value;
        report.state = checked.value.every(({ passed }) => passed) ? 'passed' : 'failed';
      } else {
        report.state = cancel.signal.aborted ? 'cancelled' : 'error';
        report.error = report.state === 'error' ? checked.error : null;
      }
    } catch (error) {
      report.state = error instanceof CheckCancelled ? 'cancelled' : 'error';
      report.error = error instanceof CheckCancelled ? null : toAppError(error);
    }
    report.doing = null;
    this.#tell(true);
  }

  #tell(now = false): void {
    const wait = this.#toldAt + betweenProgressMs - performance.now();
    if (!now && wait > 0) {
      this.#timer ??= setTimeout(() => this.#tell(true), wait);
      return;
    }
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#toldAt = performance.now();
    const report = this.last();
    if (report !== null) this.#options.onProgress(report);
  }
}
