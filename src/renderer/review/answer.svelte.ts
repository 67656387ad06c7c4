import type { AppError, Result } from '#contract/errors';

/** What a part of the screen asked for: the newest answer that came, and why there is none. */
export class Answer<T> {
  readonly #ask: () => Promise<Result<T>>;
  #value: T | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #round = 0;

  constructor(ask: () => Promise<Result<T>>) {
    this.#ask = ask;
  }

  /** Null until the first answer has come. */
  get value(): T | null {
    return this.#value;
  }

  /** Why there is nothing to show; an answer that came before stays, whatever happens to the next. */
  get error(): AppError | null {
    return this.#value === null ? this.#error : null;
  }

  /** Asks again. Answers to what was asked before are dropped when they come late. */
  async load(): Promise<void> {
    const round = ++this.#round;
    const answer = await this.#ask();
    if (round !== this.#round) return;
    if (answer.ok) this.#value = answer.value;
    this.#error = answer.ok ? null : answer.error;
  }
}
