import { describe, expect, it } from 'vitest';
import {
  exactCount,
  exactMs,
  exactShare,
  formatBytes,
  formatCount,
  formatElapsed,
  formatLength,
  formatMoment,
  formatMs,
  formatShare,
} from './quantities.ts';

describe('milliseconds', () => {
  it.each([
    [0, '0 ms'],
    [0.42, '0.42 ms'],
    [4.23, '4.2 ms'],
    [9.96, '10 ms'],
    [612.4, '612 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1240, '1.24 s'],
    [9994, '9.99 s'],
    [12_430, '12.4 s'],
    [125_000, '2 m 05 s'],
    [-31.2, '−31 ms'],
  ])('%d ms reads %s', (ms, text) => expect(formatMs(ms)).toBe(text));

  it('shows a dash for what was not measured', () => {
    expect(formatMs(null)).toBe('–');
    expect(formatMs(Number.NaN)).toBe('–');
    expect(exactMs(null)).toBe('not measured');
  });

  it('gives the exact value for a hover', () => expect(exactMs(1240.3821)).toBe('1,240.382 ms'));
});

describe('shares', () => {
  it.each([
    [1, '100 %'],
    [0, '0 %'],
    [0.9871, '98.7 %'],
    [0.9996, '99.96 %'],
    [0.999999, '>99.999 %'],
    [0.0004, '0.04 %'],
    [0.0000001, '<0.001 %'],
  ])('%d reads %s', (share, text) => expect(formatShare(share)).toBe(text));

  it('gives the exact value for a hover', () => expect(exactShare(0.98712345)).toBe('98.712345 %'));
});

describe('counts and bytes', () => {
  it.each([
    [0, '0'],
    [9999, '9,999'],
    [12_400, '12.4 k'],
    [999_999, '1.0 M'],
    [1_234_567, '1.2 M'],
    [7_000_000_000, '7.0 G'],
  ])('%d reads %s', (count, text) => expect(formatCount(count)).toBe(text));

  it('gives the exact count', () => expect(exactCount(1_234_567)).toBe('1,234,567'));
  it('scales bytes', () => {
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(12_400)).toBe('12.4 kB');
    expect(formatBytes(3_120_000)).toBe('3.1 MB');
  });
});

describe('lengths and moments', () => {
  it.each([
    [900, '0.9 s'],
    [9960, '10 s'],
    [30_000, '30 s'],
    [300_000, '5 m'],
    [302_000, '5 m 02 s'],
    [3_600_000, '1 h'],
    [3_720_000, '1 h 02 m'],
  ])('%d ms lasts %s', (ms, text) => expect(formatLength(ms)).toBe(text));

  it('counts up like a clock', () => {
    expect(formatElapsed(134)).toBe('02:14');
    expect(formatElapsed(3734)).toBe('1:02:14');
    expect(formatElapsed(-3)).toBe('00:00');
  });

  it('shows a moment to a tenth of a second', () => {
    expect(formatMoment(41.39)).toBe('00:41.3');
    expect(formatMoment(0.3)).toBe('00:00.3');
    expect(formatMoment(null)).toBe('–');
  });
});
