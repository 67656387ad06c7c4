/** The schedules of this machine: one small file, written so that it is never half there. */
import { readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { Schedule } from '#contract/api/schedules';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { writeAtomically } from '../atomicFile.ts';

/** A schedule as it is kept: when it is next is worked out each time. */
export const KeptSchedule = Schedule.omit({ next: true }).extend({
  /** Until when its times have been looked after: what lies between this and now was missed. */
  seen: z.string(),
});
export type KeptSchedule = z.infer<typeof KeptSchedule>;

const File = z.object({ version: z.literal(1), schedules: z.array(KeptSchedule) });

export class ScheduleStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** What is kept, as the file has it now: another Crosstalk may have written it. A file that is not understood is put aside. */
  read(): Result<KeptSchedule[]> {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return ok([]);
      return this.#unreadable(toAppError(thrown).message);
    }
    try {
      const parsed = File.safeParse(JSON.parse(text));
      if (parsed.success) return ok(parsed.data.schedules);
    } catch {
      // Not even JSON: put aside like anything else that is not understood.
    }
    const aside = `${this.#file}.invalid-${Date.now()}`;
    try {
      renameSync(this.#file, aside);
    } catch (thrown) {
      return this.#unreadable(toAppError(thrown).message);
    }
    return this.#unreadable(
      `they are not valid; the file was put aside as ${aside}, and new ones can be made`,
    );
  }

  write(schedules: readonly KeptSchedule[]): Result<void> {
    try {
      writeAtomically(this.#file, `${JSON.stringify({ version: 1, schedules }, null, 2)}\n`);
      return ok(undefined);
    } catch (thrown) {
      return fail(
        'unavailable',
        'schedules_not_written',
        `The schedules cannot be written to ${this.#file} (${toAppError(thrown).message}).`,
      );
    }
  }

  #unreadable(why: string): Result<never> {
    return fail(
      'unavailable',
      'schedules_unreadable',
      `The schedules in ${this.#file} cannot be read: ${why}.`,
    );
  }
}
