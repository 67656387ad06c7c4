/** What `${name}` stands for in the requests of one user. */
import { randomUUID } from 'node:crypto';
import { namesSecret } from '#contract/secrets';
import type { Random } from '../random.ts';
import type { SharedFeed } from './feeds.ts';
import { asText, type Values } from './templates.ts';
import type { CompiledVariable } from './variables.ts';

export interface ScopeOptions {
  vu: number;
  random: Random;
  variables: ReadonlyMap<string, CompiledVariable>;
  feeds: readonly SharedFeed[];
  /** What set-up took from responses. */
  common: ReadonlyMap<string, unknown>;
}

/**
 * Values by name: what responses gave comes first and stays until it is given anew, then variables and rows of this
 * iteration, then what set-up gave to all.
 */
export class Scope implements Values {
  readonly #options: ScopeOptions;
  readonly #taken = new Map<string, unknown>();
  /** Names of what was taken from a place that holds secrets. */
  readonly #secret = new Set<string>();
  readonly #drawn = new Map<string, unknown>();
  /** Rows that are kept, by feed; -1: none. */
  readonly #rows: number[];
  /** A row that is decided from outside, of the feed of this name. */
  #given: { name: string; row: unknown } | null = null;
  iteration = 0;

  constructor(options: ScopeOptions) {
    this.#options = options;
    this.#rows = options.feeds.map((feed) => (feed.order === 'per_user' ? feed.takeRow(options.vu) : -1));
  }

  valueOf(name: string): unknown {
    const taken = this.#taken.get(name);
    if (taken !== undefined) return taken;
    const drawn = this.#drawn.get(name);
    if (drawn !== undefined) return drawn;
    if (this.#given?.name === name) return this.#given.row;
    switch (name) {
      case 'vu':
        return this.#options.vu;
      case 'iteration':
        return this.iteration;
      case 'uuid':
        return randomUUID();
      default:
        return this.#draw(name);
    }
  }

  #draw(name: string): unknown {
    const { common, random, variables } = this.#options;
    const variable = variables.get(name);
    const value = variable?.({ random, iteration: this.iteration, values: this }) ?? this.#row(name);
    if (value === undefined) return common.get(name);
    this.#drawn.set(name, value);
    return value;
  }

  #row(name: string): unknown {
    const { feeds, random } = this.#options;
    const index = feeds.findIndex((feed) => feed.name === name);
    const kept = this.#rows[index] ?? -1;
    return kept === -1 ? feeds[index]?.row(random) : feeds[index]?.at(kept);
  }

  /** The next iteration begins: variables and rows are drawn anew. */
  next(iteration: number): void {
    this.iteration = iteration;
    if (this.#drawn.size > 0) this.#drawn.clear();
  }

  /** This iteration has this row of a feed. */
  give(name: string, row: unknown): void {
    this.#given = { name, row };
  }

  /** A response gave a value; undefined: it should have, and did not. `secret`: it stood where secrets stand. */
  take(name: string, value: unknown, secret = false): void {
    if (value === undefined) this.#taken.delete(name);
    else this.#taken.set(name, value);
    if (secret) this.#secret.add(name);
  }

  /** Secrets that responses gave, like tokens and cookies. */
  secrets(): string[] {
    return [...this.#options.common, ...this.#taken].flatMap(([name, value]) =>
      this.#secret.has(name) || namesSecret(name) ? [asText(value)] : [],
    );
  }

  get taken(): ReadonlyMap<string, unknown> {
    return this.#taken;
  }

  /** Gives back what it keeps of shared data. */
  end(): void {
    for (const [i, row] of this.#rows.entries()) if (row !== -1) this.#options.feeds[i]?.giveBackRow(row);
    this.#rows.fill(-1);
  }
}
