/** Answers what screens ask about this machine. */
import type { ApiHandlers } from '#contract/api/index';
import { ok } from '#contract/errors';
import type { MachineService } from './service.ts';

export function createMachineHandlers(machine: MachineService): ApiHandlers['machine'] {
  return {
    get: async () => ok(await machine.report()),
    calibrate(input) {
      const started = machine.calibrate(input);
      return started.ok ? ok(undefined) : started;
    },
    cancelCalibration: () => machine.cancel(),
  };
}
