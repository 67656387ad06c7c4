import { describe, expect, it } from 'vitest';
import { exactPerSecond, formatPerSecond, lookOf, unitOfRow } from './metrics.ts';

describe('numbers a second', () => {
  it.each([
    [0, '0/s'],
    [0.421, '0.42/s'],
    [12.482, '12.5/s'],
    [1240.4, '1,240/s'],
    [12_400, '12.4 k/s'],
  ])('%d reads %s', (value, text) => expect(formatPerSecond(value)).toBe(text));

  it('shows a dash for what was not measured', () => {
    expect(formatPerSecond(null)).toBe('–');
    expect(exactPerSecond(Number.NaN)).toBe('not measured');
  });
});

it('writes every metric in its own unit', () => {
  expect(lookOf('request').short(612.4)).toBe('612 ms');
  expect(lookOf('tokens_per_second').short(38.21)).toBe('38.2/s');
  expect(lookOf('request_success').short(0.987)).toBe('98.7 %');
  expect(lookOf('retries').short(12)).toBe('12');
});

it('knows the unit of a compared row, of a request by its kind', () => {
  expect(unitOfRow({ metric: 'tokens_per_second', kind: 'latency' })).toBe('1/s');
  expect(unitOfRow({ metric: 'requests_per_second', kind: 'speed' })).toBe('1/s');
  expect(unitOfRow({ metric: 'get /clients', kind: 'latency' })).toBe('ms');
});
