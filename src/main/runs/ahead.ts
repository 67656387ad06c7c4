/** What is looked at before a run is made: whether it may be, and what should be known before it. */
import type { RunPreview } from '#contract/api/runs';
import { fail, ok, type Result } from '#contract/errors';
import { refusals, whole, type Refusal } from '#contract/machine';
import type { RunOrigin } from '#contract/run';
import type { MachineService } from '../machine/service.ts';
import type { PreparedRun } from '../scenarios/index.ts';
import { shellWord } from './commandLine.ts';

/** A run as far as it is looked at. */
export type LookedAtRun = Pick<PreparedRun, 'aim' | 'need' | 'plannedMs' | 'gracefulStopMs' | 'warnings'>;

export interface AheadOptions {
  machine: Pick<MachineService, 'lookAhead'>;
  door: RunOrigin['door'];
  /** Refusals the run is made in spite of. */
  force?: readonly Refusal[] | undefined;
  /** The environment's name as it was typed. */
  confirm?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** The name that must be given for so many calls in production; null: none. */
export function confirmationOf({ aim, need }: LookedAtRun, calls = need.calls): RunPreview['confirm'] {
  const { production, label } = aim;
  return production === null || calls <= production.confirmAbove
    ? null
    : { name: label, above: production.confirmAbove };
}

/** Refuses what must be confirmed and is not. Error: `confirm_production`. */
export function confirmed(
  run: LookedAtRun,
  { door, confirm }: Pick<AheadOptions, 'door' | 'confirm'>,
  calls = run.need.calls,
): Result<void> {
  const wanted = confirmationOf(run, calls);
  if (wanted === null || confirm?.trim() === wanted.name) return ok(undefined);
  const { name, above } = wanted;
  const given = confirm === undefined ? '' : `, and ${JSON.stringify(confirm)} is not it`;
  const how = door === 'cli' ? `add --confirm ${shellWord(name)}` : `type ${name} to confirm`;
  return fail(
    'refused',
    'confirm_production',
    `${JSON.stringify(name)} is marked as production and ${whole(calls)} calls at once are more than ${whole(above)}: its name must be given${given}; ${how}.`,
  );
}

function disagrees(label: string, message: string): string {
  return `The guard of ${JSON.stringify(label)} does not let this run pass: ${message}`;
}

/** The guard's objection; null: it passes, or there is none. Errors: those of filling it in. */
async function objection({ aim }: LookedAtRun, signal?: AbortSignal): Promise<Result<string | null>> {
  const asked = await aim.askGuard(signal);
  if (!asked.ok) return asked;
  return ok(asked.value === null || asked.value.passed ? null : disagrees(aim.label, asked.value.message));
}

/** When the last call of a run that begins now may end. */
function lastEnd({ plannedMs, gracefulStopMs }: LookedAtRun): number {
  return Date.now() + plannedMs + gracefulStopMs;
}

/**
 * What is to be announced with a run that may be made. Errors: `confirm_production`, `limits`, `calibration`, `guard`,
 * and those of filling in the guard.
 */
export async function lookAhead(run: LookedAtRun, options: AheadOptions): Promise<Result<string[]>> {
  const { machine, force = [], signal } = options;
  const allowed = confirmed(run, options);
  if (!allowed.ok) return allowed;
  const looked = await machine.lookAhead(run.need, force);
  if (!looked.ok) return looked;
  const said = [...run.warnings, ...looked.value];
  const objected = await objection(run, signal);
  if (!objected.ok && !force.includes('guard')) return objected;
  const message = objected.ok ? objected.value : objected.error.message;
  if (message !== null && !force.includes('guard')) return fail('refused', 'guard', message);
  if (message !== null) said.push(`${message} It is made all the same (--force guard).`);
  return ok([...said, ...(await run.aim.warnings(lastEnd(run)))]);
}

/** The same told and not acted on: every refusal, and what else is to be known. */
export async function foresee(
  run: LookedAtRun,
  machine: Pick<MachineService, 'lookAhead'>,
): Promise<Pick<RunPreview, 'warnings' | 'refusals' | 'confirm'>> {
  const refused: RunPreview['refusals'] = [];
  const warnings: string[] = [...run.warnings];
  for (;;) {
    const looked = await machine.lookAhead(
      run.need,
      refused.map(({ code }) => code),
    );
    if (looked.ok) {
      const known = refused.map(({ message }) => message);
      warnings.push(...looked.value.filter((text) => !known.includes(text)));
      break;
    }
    const { error } = looked;
    const code = refusals.find((one) => one === error.code);
    if (code === undefined || refused.some((one) => one.code === code)) {
      warnings.push(error.message);
      break;
    }
    refused.push({ code, message: error.message });
  }
  const objected = await objection(run);
  if (!objected.ok) refused.push({ code: 'guard', message: objected.error.message });
  else if (objected.value !== null) refused.push({ code: 'guard', message: objected.value });
  const missing = run.aim.missing();
  if (missing.length > 0)
    warnings.push(
      `${missing.join(', ')} ${missing.length === 1 ? 'has' : 'have'} no value on this machine: the run would not start.`,
    );
  warnings.push(...(await run.aim.warnings(lastEnd(run))));
  return { warnings, refusals: refused, confirm: confirmationOf(run) };
}

/** More calls by hand than may be made in production without its name. */
export function withinProduction(run: PreparedRun, users: number): Result<void> {
  const wanted = confirmationOf(run, users);
  if (wanted === null) return ok(undefined);
  return fail(
    'refused',
    'confirm_production',
    `${JSON.stringify(wanted.name)} is marked as production and this run was not confirmed for more than ${wanted.above} calls at once: start it with that many and its name.`,
  );
}
