/** How many calls a machine was found to carry, and what that says of a run before it is made. */
import { z } from 'zod';
import { AppErrorSchema } from './errors.ts';
import { usableCores, whole, type MachineFacts, type RunNeed } from './machine.ts';

/** A number of calls counts as carried while frames leave within this (p99, ms) and at least this share of those due was sent. */
export const carriedWithin = { latenessP99: 5, sentShare: 0.998 } as const;

/**
 * What ended the search: calls the `generator` did not carry · the practice `agent`, which could not keep up · the
 * machine's `limits` · the `time` it may take. Only the first says that more is not carried.
 */
export const calibrationEnds = ['generator', 'agent', 'limits', 'time'] as const;

/** The result of a calibration, as it is kept in a file. */
export const Calibration = z.object({
  version: z.literal(1),
  /** ISO time of its end. */
  at: z.iso.datetime(),
  /** Most calls that were carried, by all threads together. */
  calls: z.number().int().min(1),
  callsPerWorker: z.number().int().min(1),
  workers: z.number().int().min(1),
  endedBy: z.enum(calibrationEnds),
  cpuModel: z.string(),
  cores: z.number().int().min(1),
  platform: z.string(),
  node: z.string(),
  /** Version of this program. */
  program: z.string(),
});
export type Calibration = z.infer<typeof Calibration>;

/** What one number of calls showed during a window. */
export const CalibrationProbe = z.object({
  calls: z.number().int(),
  carried: z.boolean(),
  /** Over all frames of the window, ms; null when none was sent. */
  latenessP99: z.number().nullable(),
  /** Frames sent of those due. */
  sentShare: z.number().nullable(),
  /** The practice agent could not keep up with the calls, so that nothing can be said of the generator. */
  agentOverrun: z.boolean(),
  /** Why it does not count as carried. */
  reason: z.string().nullable(),
});
export type CalibrationProbe = z.infer<typeof CalibrationProbe>;

/** How far a calibration has come, or how it ended. */
export const CalibrationState = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('running'),
    workers: z.number().int(),
    /** The number of calls being tried. */
    calls: z.number().int(),
    phase: z.enum(['starting', 'connecting', 'measuring']),
    /** Seconds of the window that have been measured, of how many. */
    measured: z.number(),
    window: z.number(),
    /** Seconds since the start, and after how many it ends at the latest. */
    elapsed: z.number(),
    bound: z.number(),
    probes: z.array(CalibrationProbe),
  }),
  z.object({ state: z.literal('done'), calibration: Calibration, probes: z.array(CalibrationProbe) }),
  z.object({ state: z.literal('failed'), error: AppErrorSchema, probes: z.array(CalibrationProbe) }),
  z.object({ state: z.literal('cancelled') }),
]);
export type CalibrationState = z.infer<typeof CalibrationState>;

/** Beyond this many calls for a thread an uncalibrated machine is worth a word. */
export const unknownAbove = 300;
/** Beyond this multiple of what was carried a run is refused. */
const refusedAbove = 2;

/** Whether a calibration was made on this machine: the same processor, as many cores, the same system. */
export function isOfMachine(
  calibration: Calibration,
  facts: Pick<MachineFacts, 'cpuModel' | 'cores' | 'platform'>,
): boolean {
  return (
    calibration.cpuModel === facts.cpuModel &&
    calibration.cores === facts.cores &&
    calibration.platform === facts.platform
  );
}

/** Most calls that so many threads carry, by what a thread carried. */
export function carriedBy(calibration: Calibration, facts: MachineFacts, workers: number): number {
  return calibration.callsPerWorker * usableCores(facts, workers);
}

/** What a calibration says of a run: nothing, something to announce, or that it makes no sense. */
export interface CalibrationJudgement {
  verdict: 'fits' | 'announced' | 'refused';
  message: string | null;
}

/** Judges the calls of a run by the machine's last calibration; one of another machine counts as none. It says nothing of requests. */
export function judgeCalibration(
  calibration: Calibration | null,
  facts: MachineFacts,
  need: RunNeed,
): CalibrationJudgement {
  const calls = need.callers ?? need.calls;
  const asks = `This run asks for ${whole(calls)} calls at once`;
  if (calibration === null || !isOfMachine(calibration, facts)) {
    const known = unknownAbove * usableCores(facts, need.workers);
    if (calls <= known) return { verdict: 'fits', message: null };
    const elsewhere = calibration === null ? 'has not been calibrated' : 'was calibrated with other hardware';
    return {
      verdict: 'announced',
      message:
        `${asks} on ${threads(need.workers)} and this machine ${elsewhere}: nobody knows whether it carries more than ` +
        `${whole(known)}. Calibrate it first (crosstalk calibrate, or Settings), or watch the generator's health.`,
    };
  }
  const carried = carriedBy(calibration, facts, need.workers);
  if (calls <= carried) return { verdict: 'fits', message: null };
  const scaled = need.workers === calibration.workers ? '' : ` on ${threads(need.workers)}`;
  const sure = calibration.endedBy === 'generator';
  const found =
    `${asks}; this machine carried ${sure ? '' : 'at least '}${whole(carried)}${scaled} when it was calibrated on ` +
    calibration.at.slice(0, 10);
  // Where the search ended for another reason more may well be carried.
  if (sure && calls > refusedAbove * carried) {
    return {
      verdict: 'refused',
      message: `${found}. Its numbers would be wrong: use at most ${whole(refusedAbove * carried)} users, more machines, or calibrate again.`,
    };
  }
  const expect = sure
    ? 'expect its numbers to be marked untrusted. Fewer users, or more machines'
    : 'its numbers may be marked untrusted';
  return { verdict: 'announced', message: `${found}: ${expect}.` };
}

function threads(n: number): string {
  return n === 1 ? '1 engine thread' : `${whole(n)} engine threads`;
}
