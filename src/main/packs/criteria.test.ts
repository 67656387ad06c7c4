import { describe, expect, it } from 'vitest';
import { Threshold } from '#contract/scenario/file';
import { failureCriteria } from './criteria.ts';

const row = (value: object) => Threshold.parse(value);
const conditions = (...rows: object[]) =>
  failureCriteria(rows.map(row))
    .criteria.slice(0, -1)
    .map(({ request, condition }) => `${request}: ${condition}`);
const notes = (...rows: object[]) => failureCriteria(rows.map(row)).checks.map(({ text }) => text);

describe('failure criteria', () => {
  it('state what fails: beyond the acceptable tier, because a warning passes', () => {
    expect(
      conditions(
        { metric: 'ttfa', stat: 'p95', target: '2s', acceptable: '3s' },
        { metric: 'barge_in', stat: 'p99_9', target: '500ms' },
        { metric: 'greeting', stat: 'mean', target: '1s', acceptable: '1.5s' },
        { metric: 'ttfb', stat: 'min', condition: 'above', target: '100ms', acceptable: '50ms' },
        { metric: 'turn', stat: 'max', target: '10s' },
        { metric: 'connect', stat: 'count', condition: 'above', target: 100, acceptable: 80 },
      ),
    ).toEqual([
      'ttfa: p95(response_time_ms) > 3000',
      'barge_in: p999(response_time_ms) > 500',
      'greeting: avg(response_time_ms) > 1500',
      'ttfb: min(response_time_ms) < 50',
      'turn: max(response_time_ms) > 10000',
      'connect: count(requests) < 80',
    ]);
  });

  it('turn rates of success into percentages of errors', () => {
    expect(
      conditions(
        { metric: 'connection_success', stat: 'rate', target: '98%', acceptable: '95%' },
        { metric: 'turn_success', stat: 'rate', target: '95%', acceptable: '90%' },
        { metric: 'barge_in_success', stat: 'rate', target: '100%' },
      ),
    ).toEqual([
      'connect: percentage(error) > 5',
      'turn_success: percentage(error) > 10',
      'barge_in: percentage(error) > 0',
    ]);
  });

  it('round to the strict side where Azure knows whole percents only, and say so', () => {
    const tight = { metric: 'connection_success', stat: 'rate', target: '99.9%', acceptable: '98.5%' };
    expect(conditions(tight)).toEqual(['connect: percentage(error) > 1']);
    expect(notes(tight)).toEqual([expect.stringContaining('1 instead of 1.5')]);
  });

  it.each([
    [{ metric: 'ttfa_audible', stat: 'p95', target: '2s' }, 'does not fire ttfa_audible'],
    [{ metric: 'error_rate', stat: 'rate', target: '2%' }, 'connection_success and turn_success'],
    [{ metric: 'calls_failed', stat: 'count', target: 3 }, 'does not fire calls_failed'],
    [{ metric: 'ttfa', stat: 'p95', target: '2s', where: { turn: 2 } }, 'one turn only'],
    [{ metric: 'turn_success', stat: 'rate', condition: 'below', target: '50%' }, 'only "above"'],
  ])('list what Azure cannot judge: %j', (value, why) => {
    expect(conditions(value)).toEqual([]);
    expect(notes(value)).toEqual([expect.stringContaining(why)]);
  });

  it('leave out what is off or of another latency profile', () => {
    const ttfa = { metric: 'ttfa', stat: 'p95', target: '2s' };
    expect(conditions({ ...ttfa, enabled: false }, { ...ttfa, when: 'mock' })).toEqual([]);
    expect(notes({ ...ttfa, enabled: false }, { ...ttfa, when: 'mock' })).toEqual([]);
  });

  it('always watch the engines themselves, within the fifty that Azure takes', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ metric: 'ttfa', stat: 'p95', target: `${i + 1}s` }));
    const { criteria, checks } = failureCriteria(many.map(row));
    expect(criteria).toHaveLength(50);
    expect(criteria.at(-1)?.request).toBe('frame_lateness');
    expect(checks).toEqual([
      { level: 'warning', text: expect.stringContaining('last 11 thresholds') as string },
    ]);
  });
});
