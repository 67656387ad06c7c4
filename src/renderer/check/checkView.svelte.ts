import type { CheckReport, CheckSubject } from '#contract/api/checks';
import type { CheckFrame } from '#contract/checks';
import type { AppError } from '#contract/errors';
import { maskUrl } from '#contract/secrets';
import { api } from '../api/index.ts';

const pageOfFrames = 5000;

/** A check as the screen shows it: its report, and the frames of one of its targets as far as they are known. */
export class CheckView {
  #report: CheckReport | null = $state.raw(null);
  #frames: CheckFrame[] = $state.raw([]);
  #target = $state(0);
  #error: AppError | null = $state.raw(null);
  #asked = $state(false);
  #started: Promise<void> | null = null;
  #fetching = false;
  readonly #stop: () => void;

  constructor() {
    this.#stop = api.checks.on('progress', (report) => {
      const isNew = report.checkId !== this.#report?.checkId;
      if (isNew && !this.#asked) return;
      this.#take(report);
    });
  }

  get report(): CheckReport | null {
    return this.#report;
  }

  /** Frames of the chosen target, in order. */
  get frames(): CheckFrame[] {
    return this.#frames;
  }

  /** Place of the target whose frames are shown. */
  get target(): number {
    return this.#target;
  }

  /** Why a check could not be started, or cancelled. */
  get error(): AppError | null {
    return this.#error;
  }

  get going(): boolean {
    return this.#asked || this.#report?.state === 'going';
  }

  close(): void {
    this.#stop();
  }

  /** The check that goes on or was the last; true when it is of that subject. */
  async resume(subject: CheckSubject | null): Promise<boolean> {
    const answer = await api.checks.last(undefined);
    if (!answer.ok || answer.value === null) return false;
    if (subject !== null && !sameSubject(answer.value.subject, subject)) return false;
    this.#take(answer.value);
    return true;
  }

  async start(subject: CheckSubject): Promise<void> {
    if (this.going) return;
    this.#error = null;
    this.#asked = true;
    this.#started = this.#ask(subject);
    await this.#started;
    this.#asked = false;
  }

  /** What was told of another subject does not concern the one that is chosen now. */
  forgetError(): void {
    this.#error = null;
  }

  async cancel(): Promise<void> {
    // Until it has begun, what is known here is the check before it.
    await this.#started;
    const checkId = this.#report?.checkId;
    if (checkId === undefined) return;
    const answer = await api.checks.cancel({ checkId });
    if (!answer.ok) this.#error = answer.error;
  }

  /** Shows the frames of another target. */
  choose(target: number): void {
    this.#target = target;
    this.#frames = [];
    void this.#fetch();
  }

  async #ask(subject: CheckSubject): Promise<void> {
    const answer = await api.checks.start(subject);
    if (answer.ok) await this.resume(null);
    else this.#error = answer.error;
  }

  #take(report: CheckReport): void {
    if (report.checkId !== this.#report?.checkId) {
      this.#frames = [];
      this.#target = 0;
    }
    this.#report = report;
    void this.#fetch();
  }

  /** What has come since it was last asked. */
  async #fetch(): Promise<void> {
    const checkId = this.#report?.checkId;
    if (checkId === undefined || this.#fetching) return;
    this.#fetching = true;
    try {
      for (;;) {
        const [target, from] = [this.#target, this.#frames.length];
        const answer = await api.checks.frames({ checkId, target, from, limit: pageOfFrames });
        if (!answer.ok || this.#report?.checkId !== checkId) return;
        if (target !== this.#target) continue;
        if (answer.value.frames.length > 0) this.#frames = [...this.#frames, ...answer.value.frames];
        if (this.#frames.length >= answer.value.total) return;
      }
    } finally {
      this.#fetching = false;
    }
  }
}

/** Whether two checks are of the same; the text of an editor and masked parts of addresses are not compared. */
export function sameSubject(a: CheckSubject, b: CheckSubject): boolean {
  if (a.kind === 'scenario' && b.kind === 'scenario')
    return a.path === b.path && a.environment === b.environment;
  if (a.kind === 'environment' && b.kind === 'environment') return a.name === b.name;
  return a.kind === 'url' && b.kind === 'url' && maskUrl(a.url) === maskUrl(b.url);
}
