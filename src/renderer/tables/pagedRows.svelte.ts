import type { AppError, Result } from '#contract/errors';

/** One page of a long list and how long the whole list is. */
export interface Page<T> {
  total: number;
  rows: T[];
}

export const pageSize = 500;

/** A list too long to fetch at once: pages are fetched when their rows come into view. */
export class PagedRows<T> {
  #pages: Readonly<Record<number, T[]>> = $state.raw({});
  #total = $state(0);
  #loaded = $state(false);
  #error: AppError | null = $state.raw(null);
  readonly #fetch: (offset: number, limit: number) => Promise<Result<Page<T>>>;
  #asked: readonly number[] = [];
  #round = 0;

  constructor(fetch: (offset: number, limit: number) => Promise<Result<Page<T>>>) {
    this.#fetch = fetch;
  }

  get total(): number {
    return this.#total;
  }

  /** Whether the first answer has come. */
  get loaded(): boolean {
    return this.#loaded;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** The row at a place; undefined while its page is on its way. */
  at(index: number): T | undefined {
    return this.#pages[Math.floor(index / pageSize)]?.[index % pageSize];
  }

  /** Everything fetched so far, in order. */
  get fetched(): T[] {
    return Object.values(this.#pages).flat();
  }

  /** Fetches the pages of a stretch of rows, those that are not here yet. */
  ensure(from: number, to: number): void {
    const last = Math.max(0, Math.min(to, Math.max(0, this.#total - 1)));
    for (let page = Math.floor(from / pageSize); page <= Math.floor(last / pageSize); page++) {
      if (!this.#asked.includes(page)) void this.#load(page);
    }
  }

  /** Fetches the first page anew and forgets the others; what is on screen stays until the answer is here. */
  async refresh(): Promise<void> {
    this.#round += 1;
    this.#asked = [];
    await this.#load(0);
  }

  async #load(page: number): Promise<void> {
    const round = this.#round;
    this.#asked = [...this.#asked, page];
    const answer = await this.#fetch(page * pageSize, pageSize);
    if (round !== this.#round) return;
    this.#loaded = true;
    if (!answer.ok) {
      this.#asked = this.#asked.filter((asked) => asked !== page);
      this.#error = answer.error;
      return;
    }
    this.#error = null;
    this.#total = answer.value.total;
    const isFirstOfRound = page === 0 && this.#asked.length === 1;
    this.#pages = { ...(isFirstOfRound ? {} : this.#pages), [page]: answer.value.rows };
  }
}
