import { describe, expect, it } from 'vitest';
import type { GuardReport } from '#contract/api/environments';
import { fail, ok, type Result } from '#contract/errors';
import type { Refusal, RunNeed } from '#contract/machine';
import { practiceAim, type RunAim } from '../environments/aim.ts';
import { foresee, lookAhead, type AheadOptions } from './ahead.ts';
import { aNeed, aPreparedRun } from './testing.ts';

const no: GuardReport = { passed: false, status: 200, ms: 1, message: 'It says no.' };

function run(aim: Partial<RunAim> = {}, need: Partial<RunNeed> = {}) {
  return aPreparedRun({ aim: { ...practiceAim, label: 'staging', ...aim }, need: aNeed(need) });
}
const guarded = (report: GuardReport) => ({ askGuard: () => Promise.resolve(ok(report)) });

/** A machine with these objections. */
function machine(
  refused: Partial<Record<Refusal, string>> = {},
  said: string[] = [],
): AheadOptions['machine'] {
  return {
    lookAhead(_need, force = []): Promise<Result<string[]>> {
      for (const code of ['limits', 'calibration'] as const)
        if (refused[code] !== undefined && !force.includes(code))
          return Promise.resolve(fail('refused', code, refused[code]));
      return Promise.resolve(ok([...Object.values(refused), ...said]));
    },
  };
}
const look = (prepared: ReturnType<typeof run>, more: Partial<AheadOptions> = {}) =>
  lookAhead(prepared, { machine: machine(), door: 'cli', ...more });

describe('before a run', () => {
  it('what its scenario likely does not mean is said with it, and before it', async () => {
    const prepared = aPreparedRun({ warnings: ['s.yaml:3:1: This is odd.'] });
    expect(await look(prepared)).toEqual(ok(['s.yaml:3:1: This is odd.']));
    expect((await foresee(prepared, machine())).warnings).toEqual(['s.yaml:3:1: This is odd.']);
  });

  it('its guard must let it pass, or be overruled and said with the run', async () => {
    expect(await look(run(guarded({ ...no, passed: true })))).toEqual(ok([]));
    expect(await look(run(guarded(no)))).toMatchObject({
      ok: false,
      error: {
        kind: 'refused',
        code: 'guard',
        message: 'The guard of "staging" does not let this run pass: It says no.',
      },
    });
    expect(await look(run(guarded(no)), { force: ['guard'] })).toEqual(
      ok([
        'The guard of "staging" does not let this run pass: It says no. It is made all the same (--force guard).',
      ]),
    );
    const unset = fail('invalid_input', 'placeholder_unset', 'The guard needs ${env:X}.');
    const broken = run({ askGuard: () => Promise.resolve(unset) });
    expect(await look(broken)).toEqual(unset);
    expect(await look(broken, { force: ['guard'] })).toMatchObject({ ok: true });
  });

  it('nobody is asked by what this machine refuses', async () => {
    let asked = 0;
    const watched = run({
      askGuard() {
        asked += 1;
        return Promise.resolve(ok(no));
      },
    });
    expect(await look(watched, { machine: machine({ limits: 'Too many.' }) })).toMatchObject({
      error: { code: 'limits' },
    });
    const production = run({ ...watched.aim, production: { confirmAbove: 0 } });
    expect(await look(production)).toMatchObject({ error: { code: 'confirm_production' } });
    expect(asked).toBe(0);
  });

  it('many calls against production want its name, and what to add is said', async () => {
    const production = (calls: number, label = 'live') =>
      run({ label, production: { confirmAbove: 10 } }, { calls });
    expect(await look(production(10))).toEqual(ok([]));
    expect(await look(production(11, 'the live one'))).toMatchObject({
      ok: false,
      error: {
        kind: 'refused',
        code: 'confirm_production',
        message:
          '"the live one" is marked as production and 11 calls at once are more than 10: its name must be given; add --confirm \'the live one\'.',
      },
    });
    expect(await look(production(11), { confirm: 'life', door: 'browser' })).toMatchObject({
      error: {
        message: expect.stringMatching(
          /its name must be given, and "life" is not it; type live to confirm\.$/,
        ) as string,
      },
    });
    expect(await look(production(11), { confirm: ' live ' })).toEqual(ok([]));
    expect(await look(production(11), { force: ['guard', 'limits', 'calibration'] })).toMatchObject({
      ok: false,
    });
  });

  it('what should be known is said, until the last call may end', async () => {
    let until = 0;
    const prepared = run({
      warnings(moment) {
        until = moment;
        return Promise.resolve(['A token ends.']);
      },
    });
    const earliest = Date.now() + prepared.plannedMs + prepared.gracefulStopMs;
    expect(await look(prepared, { machine: machine({}, ['Tight.']) })).toEqual(
      ok(['Tight.', 'A token ends.']),
    );
    expect(until).toBeGreaterThanOrEqual(earliest);
    expect(until).toBeLessThan(earliest + 60_000);
  });
});

describe('a preview', () => {
  it('tells every refusal at once, each a single time, and what else is to be known', async () => {
    const prepared = run(
      {
        ...guarded(no),
        production: { confirmAbove: 10 },
        warnings: () => Promise.resolve(['A token ends.']),
        missing: () => ['${secret:A}', '${env:B}'],
      },
      { calls: 50 },
    );
    expect(
      await foresee(prepared, machine({ limits: 'Too many.', calibration: 'Too slow.' }, ['Tight.'])),
    ).toEqual({
      refusals: [
        { code: 'limits', message: 'Too many.' },
        { code: 'calibration', message: 'Too slow.' },
        { code: 'guard', message: 'The guard of "staging" does not let this run pass: It says no.' },
      ],
      warnings: [
        'Tight.',
        '${secret:A}, ${env:B} have no value on this machine: the run would not start.',
        'A token ends.',
      ],
      confirm: { name: 'staging', above: 10 },
    });
  });

  it('tells what keeps any run from being made', async () => {
    const calibrating = { lookAhead: () => Promise.resolve(fail('conflict', 'calibrating', 'Wait.')) };
    expect(await foresee(run(), calibrating)).toEqual({ refusals: [], warnings: ['Wait.'], confirm: null });
  });
});
