import type { CacheReport } from '#contract/api/clips';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { messages } from '../frame/messages.svelte.ts';
import { chooseFindings, mendsOf } from './findings.ts';

/** A folder of clips as it was verified last, and what of it is to be mended. */
class Verification {
  /** Empty: the workspace's own cache. */
  #folder = $state('');
  #report: CacheReport | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #busy: 'verifying' | 'mending' | null = $state(null);
  #chosen: ReadonlySet<number> = $state.raw(new Set());
  #round = 0;

  get folder(): string {
    return this.#folder;
  }

  get report(): CacheReport | null {
    return this.#report;
  }

  get error(): AppError | null {
    return this.#error;
  }

  get busy(): 'verifying' | 'mending' | null {
    return this.#busy;
  }

  /** Places in the report's findings. */
  get chosen(): ReadonlySet<number> {
    return this.#chosen;
  }

  /** Verifies a folder; the workspace's own cache when it is ''. */
  async verify(folder: string): Promise<void> {
    const round = ++this.#round;
    if (folder !== this.#folder) this.#report = null;
    this.#folder = folder;
    this.#busy = 'verifying';
    this.#error = null;
    const answer = await api.clips.verify(folder === '' ? {} : { folder });
    if (round === this.#round) this.#take(answer);
  }

  choose(index: number, on: boolean): void {
    this.chooseAll([index], on);
  }

  /** Chooses all of these that can be mended, or none of them. */
  chooseAll(indices: readonly number[], on: boolean): void {
    if (this.#report) this.#chosen = chooseFindings(this.#report, this.#chosen, indices, on);
  }

  /** Mends what is chosen and verifies again. */
  async mend(): Promise<void> {
    const report = this.#report;
    if (report === null || this.#busy !== null) return;
    const findings = mendsOf(report, this.#chosen);
    if (findings.length === 0) return;
    const count = this.#chosen.size;
    const round = ++this.#round;
    this.#busy = 'mending';
    const folder = this.#folder;
    const answer = await api.clips.mend({ ...(folder === '' ? {} : { folder }), findings });
    if (round !== this.#round) return;
    if (answer.ok) {
      const left = answer.value.findings.length;
      const rest =
        left === 0 ? 'Nothing is left.' : left === 1 ? 'One is left.' : `${left} findings are left.`;
      messages.info(`${count === 1 ? 'One finding was' : `${count} findings were`} mended. ${rest}`);
      this.#take(answer);
    } else {
      this.#busy = null;
      messages.error(answer.error);
    }
  }

  #take(answer: Awaited<ReturnType<typeof api.clips.verify>>): void {
    this.#busy = null;
    this.#chosen = new Set();
    this.#error = answer.ok ? null : answer.error;
    this.#report = answer.ok ? answer.value : null;
  }
}

export const verification = new Verification();
