import type { GuardReport, TokenExpiry } from '#contract/api/environments';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';

/** What asking an environment told. */
export interface ProbeReport {
  guard: GuardReport | null;
  tokens: TokenExpiry[];
  missing: string[];
  warnings: string[];
}

/** Trying one environment: its guard is asked, its tokens and placeholders are looked at; no call is placed. */
export class Probe {
  #asking = $state(false);
  #report: ProbeReport | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);

  get asking(): boolean {
    return this.#asking;
  }

  /** The newest answer; null: none yet. */
  get report(): ProbeReport | null {
    return this.#report;
  }

  get error(): AppError | null {
    return this.#error;
  }

  async ask(name: string): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const answer = await api.environments.probe({ name });
    this.#asking = false;
    this.#report = answer.ok ? answer.value : null;
    this.#error = answer.ok ? null : answer.error;
  }

  clear(): void {
    this.#report = null;
    this.#error = null;
  }
}
