/** What is run when, as the application has it. */
import type { Schedule, ScheduleInput } from '#contract/api/schedules';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

class Schedules {
  #all: Schedule[] = $state.raw([]);
  #loaded = $state(false);
  #error: AppError | null = $state.raw(null);

  constructor() {
    connection.onReturn(() => void this.load());
    api.schedules.on('changed', () => void this.load());
  }

  get all(): Schedule[] {
    return this.#all;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get error(): AppError | null {
    return this.#error;
  }

  async load(): Promise<void> {
    const answer = await api.schedules.list();
    this.#error = answer.ok ? null : answer.error;
    if (answer.ok) {
      this.#all = answer.value;
      this.#loaded = true;
    }
  }

  async enable(schedule: Schedule, enabled: boolean): Promise<void> {
    const answer = await api.schedules.save({ id: schedule.id, schedule: { ...inputOf(schedule), enabled } });
    if (!answer.ok) messages.error(answer.error);
    await this.load();
  }

  async remove(id: string): Promise<void> {
    const answer = await api.schedules.remove({ id });
    if (!answer.ok) messages.error(answer.error);
    await this.load();
  }
}

/** What of a schedule can be changed. */
export function inputOf(schedule: Schedule): ScheduleInput {
  const { scenario, environment, every, days, time, enabled, confirm } = schedule;
  return { scenario, environment, every, days, time, enabled, confirm };
}

export const schedules = new Schedules();
