/** What goes by itself: runs that the retention does not keep, and deleted ones nobody wanted back within a week. */
import type { LastRemoval, Retention } from '#contract/api/history';
import type { Capabilities } from '../capabilities.ts';
import type { History } from '../history/history.ts';
import type { RecordingStore } from '../recordings/store.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { planPruning, pruneRuns, removeRecordings, type KeptRuns } from './pruning.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** How long a deleted run can be brought back. */
const restorableMs = 7 * dayMs;
/** The start of the program has other things to do first; a run that goes on is not disturbed. */
const defaults = { firstMs: 5000, againMs: dayMs, busyMs: 60_000 };

export interface KeeperOptions extends KeptRuns {
  history: KeptRuns['history'] & Pick<History, 'purge'>;
  retention: () => Retention | null;
  /** Whether something is going on that must not be disturbed. */
  busy: () => boolean;
  /** Told when anything went. */
  removed: (removal: LastRemoval) => void;
  times?: Partial<typeof defaults>;
}

/** Looks soon after it was made and once a day from then on, until `close`. Failures are left to the next time. */
export class HistoryKeeper {
  readonly #options: KeeperOptions;
  readonly #times: typeof defaults;
  #timer: NodeJS.Timeout;
  #working: Promise<void> | null = null;
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#times = { ...defaults, ...options.times };
    this.#timer = this.#in(this.#times.firstMs);
  }

  /** Applies the retention now; what another call is doing already is waited for. */
  async apply(): Promise<void> {
    await this.#working;
    this.#working = this.#apply();
    await this.#working;
    this.#working = null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #in(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), ms).unref();
  }

  async #look(): Promise<void> {
    const busy = this.#options.busy();
    if (!busy) await this.apply();
    if (!this.#closed) this.#timer = this.#in(busy ? this.#times.busyMs : this.#times.againMs);
  }

  async #apply(): Promise<void> {
    const { history, recordings, retention, removed } = this.#options;
    const purged = await history.purge(restorableMs);
    const deleted = purged.ok ? purged.value : [];
    await removeRecordings(recordings, deleted);
    const rule = retention();
    let byRetention = 0;
    if (rule !== null && !this.#closed) {
      const plan = await planPruning(this.#options, rule);
      const runIds = plan.ok ? plan.value.runs.map((run) => run.id) : [];
      const pruned = runIds.length === 0 ? null : await pruneRuns(this.#options, runIds);
      if (pruned?.ok === true) byRetention = pruned.value.removed;
    }
    if (deleted.length + byRetention === 0) return;
    removed({ at: new Date().toISOString(), byRetention, deleted: deleted.length });
  }
}

interface AppParts {
  history: History;
  recordings: RecordingStore | null;
  settings: SettingsStore;
  capabilities: Pick<Capabilities, 'report'>;
  runs: () => { goingOn(): string | null };
}

/** The keeper of an app that stays open; a single command leaves everything as it is: null. */
export function keepHistory({
  history,
  recordings,
  settings,
  capabilities,
  runs,
}: AppParts): HistoryKeeper | null {
  if (capabilities.report().door === 'cli') return null;
  return new HistoryKeeper({
    history,
    recordings,
    retention: () => settings.get().retention ?? null,
    busy: () => runs().goingOn() !== null,
    removed: (lastRemoval) => settings.update({ lastRemoval }),
  });
}
