/** This machine: what limits it, what it was found to carry, and whether a run fits onto it. */
import type { CalibrateInput, MachineReport } from '#contract/api/machine';
import {
  carriedWithin,
  isOfMachine,
  judgeCalibration,
  type Calibration,
  type CalibrationProbe,
  type CalibrationState,
} from '#contract/calibration';
import { fail, ok, toAppError, type AppError, type Result } from '#contract/errors';
import {
  defaultWorkers,
  filesForCalls,
  judgeLimits,
  limitAnnouncements,
  type MachineFacts,
  type Refusal,
  type RunNeed,
} from '#contract/machine';
import { calibrate, type CalibrateParts } from './calibrate.ts';
import type { CalibrationStore } from './calibrationFile.ts';
import { readMachine } from './limits.ts';
import type { MachineReader } from './reader.ts';

export interface MachineServiceOptions extends CalibrateParts {
  reader: MachineReader;
  store: CalibrationStore;
  /** Keeps the machine awake until the returned function is called. */
  preventSleep: () => () => void;
  /** What is going on that a calibration would disturb, in words; null when nothing is. */
  runGoingOn: () => string | null;
  publish: (state: CalibrationState) => void;
  programVersion: string;
}

const defaultSeconds = 8;
/** Calls for each thread that a search begins with. */
const firstPerWorker = 100;

export class MachineService {
  readonly #options: MachineServiceOptions;
  #state: CalibrationState | null = null;
  #going: { abort: AbortController; ended: Promise<CalibrationState> } | null = null;

  constructor(options: MachineServiceOptions) {
    this.#options = options;
  }

  async report(): Promise<MachineReport> {
    const facts = await readMachine(this.#options.reader);
    const calibration = this.#options.store.get();
    return {
      facts,
      workers: defaultWorkers(facts.cores),
      calibration,
      calibrationCounts: calibration !== null && isOfMachine(calibration, facts),
      calibrating: this.#state,
    };
  }

  /**
   * Looks at a run before it is made: what is to be announced, or why it is refused (`limits`, `calibration`). What is
   * in `force` is announced instead. Refuses every run while a calibration is going on.
   */
  async lookAhead(need: RunNeed, force: readonly Refusal[] = []): Promise<Result<string[]>> {
    if (this.#going !== null) {
      return fail(
        'conflict',
        'calibrating',
        'This machine is being calibrated; cancel that or wait until it has ended, a run would disturb it.',
      );
    }
    const { reader, store } = this.#options;
    const facts = await readMachine(
      reader,
      need.targets.map((target) => target.address),
    );
    const announcements = limitAnnouncements(facts, need);
    const [tightest, ...others] = judgeLimits(facts, need);
    if (tightest !== undefined) {
      if (!force.includes('limits')) {
        const detail = [tightest, ...others].map(({ message }) => message).join('\n');
        return fail('refused', 'limits', tightest.message, { detail });
      }
      announcements.push(...[tightest, ...others].map(({ message }) => message));
    }
    const judged = judgeCalibration(store.get(), facts, need);
    if (judged.verdict === 'refused' && !force.includes('calibration'))
      return fail('refused', 'calibration', judged.message ?? '');
    if (judged.message !== null) announcements.push(judged.message);
    return ok(announcements);
  }

  /** Starts a calibration; `onState` is told of every step, `ended` tells how it ended and never rejects. */
  calibrate(
    input: CalibrateInput = {},
    onState: (state: CalibrationState) => void = () => undefined,
  ): Result<{ ended: Promise<CalibrationState> }> {
    if (this.#going !== null)
      return fail(
        'conflict',
        'calibrating',
        'This machine is being calibrated already; wait until it has ended.',
      );
    const run = this.#options.runGoingOn();
    if (run !== null) {
      return fail(
        'conflict',
        'run_in_progress',
        `${run}: stop it or let it end first, a calibration would disturb its measurement.`,
      );
    }
    const abort = new AbortController();
    const ended = this.#calibrate(input, abort.signal, (state) => {
      this.#state = state;
      this.#options.publish(state);
      onState(state);
    });
    this.#going = { abort, ended };
    return ok({ ended });
  }

  /** What is going on, in words; null when nothing is. */
  goingOn(): string | null {
    return this.#going === null ? null : 'This machine is being calibrated';
  }

  /** Ends the calibration that is going on; the last result stays. */
  cancel(): Result<void> {
    if (this.#going === null) return fail('not_found', 'not_calibrating', 'No calibration is going on.');
    this.#going.abort.abort();
    return ok(undefined);
  }

  async close(): Promise<void> {
    this.#going?.abort.abort();
    await this.#going?.ended;
  }

  async #calibrate(
    input: CalibrateInput,
    signal: AbortSignal,
    tell: (state: CalibrationState) => void,
  ): Promise<CalibrationState> {
    const release = this.#options.preventSleep();
    let probes: CalibrationProbe[] = [];
    const failed = (error: AppError): CalibrationState => ({ state: 'failed', error, probes });
    let end: CalibrationState;
    try {
      const facts = await readMachine(this.#options.reader);
      // Beside every thread there is a practice agent with a core of its own, as far as there are cores.
      const workers = input.workers ?? Math.max(1, Math.floor(facts.cores / 2));
      const agents = Math.max(1, Math.min(workers, facts.cores - workers));
      const bounds = { first: firstPerWorker * workers, most: mostCalls(facts, workers, agents) };
      const found = await calibrate(this.#options, {
        workers,
        agents,
        seconds: input.seconds ?? defaultSeconds,
        bounds,
        signal,
        onState: (state) => {
          probes = state.probes;
          tell(state);
        },
      });
      if (signal.aborted) end = { state: 'cancelled' };
      else if (!found.ok) end = failed(found.error);
      else {
        probes = found.value.probes;
        end =
          found.value.found === null
            ? failed(nothingCarried(probes))
            : this.#keep({ ...found.value.found, workers }, facts, probes);
      }
    } catch (thrown) {
      end = signal.aborted ? { state: 'cancelled' } : failed(toAppError(thrown, 'calibration_failed'));
    } finally {
      release();
    }
    this.#going = null;
    tell(end);
    return end;
  }

  #keep(
    found: Pick<Calibration, 'calls' | 'endedBy' | 'workers'>,
    facts: MachineFacts,
    probes: CalibrationProbe[],
  ): CalibrationState {
    const calibration: Calibration = {
      version: 1,
      at: new Date().toISOString(),
      ...found,
      callsPerWorker: Math.max(1, Math.floor(found.calls / found.workers)),
      cpuModel: facts.cpuModel,
      cores: facts.cores,
      platform: facts.platform,
      node: process.version,
      program: this.#options.programVersion,
    };
    const kept = this.#options.store.keep(calibration);
    return kept.ok ? { state: 'done', calibration, probes } : { state: 'failed', error: kept.error, probes };
  }
}

/** More calls than this cannot be tried here. */
function mostCalls(facts: MachineFacts, workers: number, agents: number): number {
  const known = [filesForCalls(facts), facts.ports === null ? null : facts.ports * agents].filter(
    (n) => n !== null,
  );
  return Math.max(1, Math.min(10_000 * workers, ...known));
}

function nothingCarried(probes: readonly CalibrationProbe[]): AppError {
  const last = probes.at(-1);
  const message =
    last === undefined
      ? 'The calibration ran out of time before anything was measured; give it shorter windows (--seconds) or fewer --workers.'
      : `This machine did not carry ${last.calls} calls (${last.reason ?? `p99 ${carriedWithin.latenessP99} ms`}); close other programs and calibrate again.`;
  return { kind: 'unavailable', code: 'nothing_carried', message };
}
