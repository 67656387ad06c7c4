import { describe, expect, it } from 'vitest';
import { judgeCalibration, type Calibration } from './calibration.ts';
import type { MachineFacts, RunNeed } from './machine.ts';

const facts: MachineFacts = {
  platform: 'linux',
  cpuModel: 'AMD EPYC',
  cores: 4,
  openFiles: null,
  ports: null,
  portsInUse: {},
  memoryTotal: 8e9,
  memoryAvailable: null,
};

const calibration = (more: Partial<Calibration> = {}): Calibration => ({
  version: 1,
  at: '2026-11-21T10:00:00.000Z',
  calls: 1040,
  callsPerWorker: 520,
  workers: 2,
  endedBy: 'generator',
  cpuModel: 'AMD EPYC',
  cores: 4,
  platform: 'linux',
  node: 'v24.21.0',
  program: '0.1.0',
  ...more,
});

const need = (calls: number, workers = 2): RunNeed => ({
  calls,
  workers,
  framesPerSecond: 50 * calls,
  targets: [],
  practice: false,
});

describe('a run on a calibrated machine', () => {
  it('is left alone within what the machine carried', () => {
    expect(judgeCalibration(calibration(), facts, need(1040))).toEqual({ verdict: 'fits', message: null });
  });

  it('is announced beyond', () => {
    expect(judgeCalibration(calibration(), facts, need(1041))).toEqual({
      verdict: 'announced',
      message:
        'This run asks for 1,041 calls at once; this machine carried 1,040 when it was calibrated on 2026-11-21: ' +
        'expect its numbers to be marked untrusted. Fewer users, or more machines.',
    });
    expect(judgeCalibration(calibration(), facts, need(2080)).verdict).toBe('announced');
  });

  it('is refused beyond twice as many', () => {
    expect(judgeCalibration(calibration(), facts, need(2081))).toEqual({
      verdict: 'refused',
      message:
        'This run asks for 2,081 calls at once; this machine carried 1,040 when it was calibrated on 2026-11-21. ' +
        'Its numbers would be wrong: use at most 2,080 users, more machines, or calibrate again.',
    });
  });

  it('is judged by its own threads, of which no more count than there are cores', () => {
    expect(judgeCalibration(calibration(), facts, need(521, 1)).message).toContain(
      'carried 520 on 1 engine thread when',
    );
    expect(judgeCalibration(calibration(), facts, need(2080, 4)).verdict).toBe('fits');
    expect(judgeCalibration(calibration(), facts, need(2081, 8)).message).toContain(
      'carried 2,080 on 8 engine',
    );
  });

  it('is never refused where the search did not end with the generator', () => {
    const judged = judgeCalibration(calibration({ endedBy: 'agent' }), facts, need(9000));
    expect(judged.verdict).toBe('announced');
    expect(judged.message).toContain('carried at least 1,040');
  });
});

describe('a run on a machine that is not calibrated', () => {
  it('is announced from 301 calls a thread on, with advice', () => {
    expect(judgeCalibration(null, facts, need(600))).toEqual({ verdict: 'fits', message: null });
    expect(judgeCalibration(null, facts, need(601))).toEqual({
      verdict: 'announced',
      message:
        'This run asks for 601 calls at once on 2 engine threads and this machine has not been calibrated: nobody knows ' +
        "whether it carries more than 600. Calibrate it first (crosstalk calibrate, or Settings), or watch the generator's health.",
    });
  });

  it.each([{ cpuModel: 'Apple M4' }, { cores: 8 }, { platform: 'darwin' }])(
    'does not take the word of a machine with %j',
    (other) => {
      expect(judgeCalibration(calibration(other), facts, need(600)).verdict).toBe('fits');
      const judged = judgeCalibration(calibration(other), facts, need(90_000));
      expect(judged.verdict).toBe('announced');
      expect(judged.message).toContain('was calibrated with other hardware');
    },
  );
});

it('refuses nobody who only makes requests', () => {
  expect(judgeCalibration(calibration(), facts, { ...need(5000), callers: 0 })).toEqual({
    verdict: 'fits',
    message: null,
  });
});
