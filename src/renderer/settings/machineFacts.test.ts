import { describe, expect, it } from 'vitest';
import type { MachineReport } from '#contract/api/machine';
import type { Calibration } from '#contract/calibration';
import { consequence, foundBy, machineFacts } from './machineFacts.ts';

const report: MachineReport = {
  facts: {
    platform: 'linux',
    cpuModel: 'AMD EPYC',
    cores: 8,
    openFiles: 20_000,
    ports: 28_232,
    portsInUse: {},
    memoryTotal: 25.3e9,
    memoryAvailable: 23.6e9,
  },
  workers: 7,
  calibration: null,
  calibrationCounts: false,
  calibrating: null,
};

const calibration: Calibration = {
  version: 1,
  at: '2026-11-21T10:00:00.000Z',
  calls: 1600,
  callsPerWorker: 400,
  workers: 4,
  endedBy: 'generator',
  cpuModel: 'AMD EPYC',
  cores: 8,
  platform: 'linux',
  node: 'v24.21.0',
  program: '0.1.0',
};

describe('the facts of a machine', () => {
  it('say what they mean for calls', () => {
    expect(machineFacts(report).map(({ name, value, note }) => `${name}: ${value}, ${note ?? ''}`)).toEqual([
      'Processor: AMD EPYC, 8 cores; a run uses 7 engine threads',
      'Open files: 20,000, for one process: at most 19,900 calls',
      'Local ports: 28,232, at most as many calls to one address',
      'Memory: 23.6 GB, available of 25.3 GB',
    ]);
  });

  it('say so where the system does not tell', () => {
    const facts = { ...report.facts, cores: 1, openFiles: null, ports: null, memoryAvailable: null };
    expect(machineFacts({ ...report, facts, workers: 1 }).map(({ value, note }) => [value, note])).toEqual([
      ['AMD EPYC', '1 core; a run uses 1 engine thread'],
      ['No limit', 'or none that the system tells of'],
      ['Not known', 'the system does not say; not judged'],
      ['25.3 GB', 'in all'],
    ]);
  });
});

describe('a calibration', () => {
  it('says what it found, and what that means for as many threads as a run uses', () => {
    expect(foundBy(calibration, report)).toBe(
      'on 4 engine threads. With more, frames leave late. A run on 7 engine threads is taken to carry 2,800.',
    );
    expect(foundBy({ ...calibration, endedBy: 'agent' }, { ...report, workers: 4 })).toBe(
      'on 4 engine threads. It may carry more: the practice agent could not keep up.',
    );
  });

  it('speaks of refusal only where more is known to be too much', () => {
    expect(consequence(calibration)).toContain('refused');
    expect(consequence({ ...calibration, endedBy: 'time' })).not.toContain('refused');
  });
});
