import { z } from 'zod';
import { Calibration, CalibrationState } from '../calibration.ts';
import { MachineFacts } from '../machine.ts';
import { call, event } from './define.ts';

/** This machine as the settings show it. */
export const MachineReport = z.object({
  facts: MachineFacts,
  /** Engine threads of a run that does not ask for a number. */
  workers: z.number().int(),
  /** The last one, wherever it was made. */
  calibration: Calibration.nullable(),
  /** Whether it was made on this machine: else it does not count. */
  calibrationCounts: z.boolean(),
  /** The calibration that is going on, or how the last one of this session ended; null: none was made. */
  calibrating: CalibrationState.nullable(),
});
export type MachineReport = z.infer<typeof MachineReport>;

export const CalibrateInput = z.object({
  /** Engine threads; left out: half of the cores, the practice agent needs the others. */
  workers: z.number().int().min(1).max(256).optional(),
  /** Length of a window. */
  seconds: z.number().int().min(2).max(120).optional(),
});
export type CalibrateInput = z.infer<typeof CalibrateInput>;

export const machineApi = {
  get: call(z.void(), MachineReport),
  /** Starts a calibration; how it goes and ends is in `progress`. Refused while a run is going on. */
  calibrate: call(CalibrateInput, z.void()),
  cancelCalibration: call(z.void(), z.void()),
  /** Every step of a calibration and its end. */
  progress: event(CalibrationState),
};
