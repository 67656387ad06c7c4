import { expect, test } from 'vitest';
import type { Calibration } from '#contract/calibration';
import type { MachineFacts } from '#contract/machine';
import { judgeMachine, type KnownMachine } from './machine.ts';

const facts: MachineFacts = {
  platform: 'linux',
  cpuModel: 'Test',
  cores: 4,
  openFiles: null,
  ports: null,
  portsInUse: {},
  memoryTotal: 16e9,
  memoryAvailable: 8e9,
};
const calibration: Calibration = {
  version: 1,
  at: '2026-11-20T10:00:00.000Z',
  calls: 450,
  callsPerWorker: 225,
  workers: 2,
  endedBy: 'generator',
  cpuModel: 'Test',
  cores: 4,
  platform: 'linux',
  node: 'v24',
  program: '1',
};

const judged = (calls: number, machine: KnownMachine) =>
  judgeMachine(machine, {
    calls,
    workers: 3,
    framesPerSecond: calls * 50,
    targets: [{ address: 'a:80', shown: 'a', calls, secure: false }],
    practice: false,
  });

const known: KnownMachine = { facts, calibration };
const uncalibrated: KnownMachine = { facts, calibration: null };

test('a share of what it was found to carry', () => {
  // Three threads carry what three threads were found to carry.
  expect(judged(371, known)).toEqual({
    judged: 'fits',
    most: 675,
    message: '55 % of the 675 calls this machine was found to carry.',
  });
  expect(judged(1, known).message).toBe('Less than 1 % of the 675 calls this machine was found to carry.');
  expect(judged(600, known)).toMatchObject({ judged: 'tight' });
  const beyond = judged(700, known);
  expect(beyond.judged).toBe('too_much');
  expect(beyond.message).toContain('this machine carried 675');
  expect(judged(2000, known).message).toContain('Its numbers would be wrong');
});

test('one whose search ended for another reason may carry more', () => {
  const atLeast: KnownMachine = { facts, calibration: { ...calibration, endedBy: 'limits' } };
  expect(judged(600, atLeast)).toMatchObject({
    judged: 'fits',
    message: '89 % of the at least 675 calls this machine was found to carry.',
  });
  expect(judged(700, atLeast).judged).toBe('tight');
});

test('nobody knows of one that was not calibrated, or with other hardware', () => {
  expect(judged(10, uncalibrated)).toMatchObject({ judged: 'unknown', most: null });
  expect(judged(5000, uncalibrated).message).toContain('Calibrate it first');
  const other: KnownMachine = { facts, calibration: { ...calibration, cpuModel: 'Other' } };
  expect(judged(10, other).message).toContain('was calibrated with other hardware');
});

test('its limits count in any case', () => {
  const limited: KnownMachine = { facts: { ...facts, openFiles: 256 }, calibration: null };
  const told = judged(500, limited);
  expect(told).toMatchObject({ judged: 'too_much', most: null });
  expect(told.message).toContain('open files');
});

test('of users that make requests a calibration says nothing, of the callers beside them it does', () => {
  const users = (callers: number) =>
    judgeMachine(known, {
      calls: 5000,
      callers,
      workers: 3,
      framesPerSecond: 0,
      targets: [],
      practice: false,
    });
  expect(users(0)).toMatchObject({
    judged: 'unknown',
    message: expect.stringContaining('requests') as string,
  });
  expect(users(371).message).toBe('55 % of the 675 calls this machine was found to carry.');
});
