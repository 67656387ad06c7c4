import type { HistoryFacts, PrunePlan, Retention } from '#contract/api/history';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { formatBytes } from '../format/quantities.ts';
import { messages } from '../frame/messages.svelte.ts';
import { runWords } from './retentionWords.ts';

/** The file all runs are kept in: what it holds, copies of it, and what goes. */
class HistoryFile {
  #facts: HistoryFacts | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #copied: number | null = $state(null);
  #busy: 'planning' | 'removing' | 'saving' | null = $state(null);

  constructor() {
    api.history.on('progress', ({ what, state, done }) => {
      if (what === 'backup') this.#copied = state === 'working' ? done : null;
      if (state !== 'working') void this.#refresh();
    });
    connection.onReturn(() => void this.#refresh());
  }

  get facts(): HistoryFacts | null {
    return this.#facts;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** How much of a copy is made, 0–1; null: none is being made. */
  get copied(): number | null {
    return this.#copied;
  }

  get busy(): 'planning' | 'removing' | 'saving' | null {
    return this.#busy;
  }

  async load(): Promise<void> {
    const answer = await api.history.facts(undefined);
    if (answer.ok) this.#facts = answer.value;
    this.#error = answer.ok ? null : answer.error;
  }

  async backUp(): Promise<void> {
    this.#copied = 0;
    const answer = await api.history.backup({});
    this.#copied = null;
    if (answer.ok) messages.info(`The history is copied to ${answer.value.path}.`);
    else if (answer.error.code !== 'cancelled') messages.error(answer.error);
    await this.load();
  }

  async cancelBackup(): Promise<void> {
    const answer = await api.history.cancelBackup(undefined);
    if (!answer.ok) messages.error(answer.error);
  }

  /** What a rule would remove; null when that cannot be said. */
  async plan(rule: Retention): Promise<PrunePlan | null> {
    this.#busy = 'planning';
    const answer = await api.history.prunePlan(rule);
    this.#busy = null;
    if (answer.ok) return answer.value;
    messages.error(answer.error);
    return null;
  }

  async prune(plan: PrunePlan): Promise<void> {
    this.#busy = 'removing';
    const answer = await api.history.prune({ runIds: plan.runs.map((run) => run.id) });
    this.#busy = null;
    if (answer.ok) {
      const { removed, bytes } = answer.value;
      messages.info(`${runWords(removed)} removed; ${formatBytes(bytes)} are free again.`);
    } else messages.error(answer.error);
    await this.load();
  }

  async keepTo(retention: Retention | null): Promise<void> {
    this.#busy = 'saving';
    const answer = await api.history.setRetention({ retention });
    this.#busy = null;
    if (!answer.ok) messages.error(answer.error);
    await this.load();
  }

  /** Nobody who has not looked needs the figures. */
  async #refresh(): Promise<void> {
    if (this.#facts !== null || this.#error !== null) await this.load();
  }
}

export const historyFile = new HistoryFile();
