import type { MachineReport } from '#contract/api/machine';
import type { CalibrationState } from '#contract/calibration';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

/** This machine and its calibration, kept up to date by the application's events. */
class Machine {
  #report: MachineReport | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #asked = $state(false);

  constructor() {
    api.machine.on('progress', (state) => this.#onProgress(state));
    connection.onReturn(() => void this.load());
  }

  get report(): MachineReport | null {
    return this.#report;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Whether starting or cancelling was asked for and is not answered yet. */
  get asked(): boolean {
    return this.#asked;
  }

  async load(): Promise<void> {
    const answer = await api.machine.get(undefined);
    if (answer.ok) this.#report = answer.value;
    this.#error = answer.ok ? null : answer.error;
  }

  async calibrate(): Promise<void> {
    this.#asked = true;
    const answer = await api.machine.calibrate({});
    this.#asked = false;
    if (!answer.ok) messages.error(answer.error);
  }

  async cancel(): Promise<void> {
    this.#asked = true;
    const answer = await api.machine.cancelCalibration(undefined);
    this.#asked = false;
    // One that has ended meanwhile needs no word.
    if (!answer.ok && answer.error.kind !== 'not_found') messages.error(answer.error);
  }

  #onProgress(state: CalibrationState): void {
    if (this.#report !== null) this.#report = { ...this.#report, calibrating: state };
    if (state.state !== 'running') void this.load();
  }
}

export const machine = new Machine();
