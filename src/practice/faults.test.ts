import { describe, expect, test } from 'vitest';
import { PracticeConfig, type PracticeConfigInput } from '#contract/practice';
import { drawCall, drawTurn, refusal } from './faults.ts';

const config = (input: PracticeConfigInput): PracticeConfig => PracticeConfig.parse(input);

describe('faults', () => {
  test('happen about as often as asked, and the same ones again', () => {
    const settings = config({ faults: { refuse: 0.25, refuse_status: 429, no_answer: 0.5 } });
    const calls = Array.from({ length: 1000 }, (_, i) => drawCall(settings, i + 1));
    const refused = calls.filter((call) => call.refuse === 429).length;
    expect(refused).toBeGreaterThan(200);
    expect(refused).toBeLessThan(300);
    expect(calls.every((call) => call.refuse === null || call.refuse === 429)).toBe(true);
    expect(calls).toEqual(Array.from({ length: 1000 }, (_, i) => drawCall(settings, i + 1)));
    const unanswered = Array.from({ length: 1000 }, (_, i) => drawTurn(settings, 1, i + 1)).filter(
      (turn) => turn.noAnswer,
    ).length;
    expect(unanswered).toBeGreaterThan(440);
    expect(unanswered).toBeLessThan(560);
  });

  test('never when the share is 0, always when it is 1', () => {
    const never = drawTurn(config({}), 1, 1);
    expect([never.drop, never.garbage, never.slow, never.noAnswer, never.neverStop, never.tool]).toEqual(
      Array(6).fill(false),
    );
    const all = { drop: 1, garbage: 1, slow: 1, no_answer: 1, never_stop: 1 };
    const always = drawTurn(config({ tools: 1, faults: all }), 1, 1);
    expect([
      always.drop,
      always.garbage,
      always.slow,
      always.noAnswer,
      always.neverStop,
      always.tool,
    ]).toEqual(Array(6).fill(true));
  });

  test('one fault does not move the other draws', () => {
    const plain = drawTurn(config({}), 3, 2);
    const dropping = drawTurn(config({ faults: { drop: 1 } }), 3, 2);
    expect({ ...dropping, drop: false }).toEqual(plain);
  });

  test('slow adds to the delay; no delay is shorter than the endpointing', () => {
    const slow = config({ delay: { kind: 'fixed', value: '800ms' }, faults: { slow: 1, slow_by: '2s' } });
    expect(drawTurn(slow, 1, 1).delayMs).toBe(2800);
    const hasty = config({ delay: { kind: 'fixed', value: '100ms' }, endpointing: '500ms' });
    expect(drawTurn(hasty, 1, 1).delayMs).toBe(500);
  });

  test('a refusal is a complete response', () => {
    expect(refusal(429, 'later')).toBe(
      'HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: 18\r\nRetry-After: 1\r\nConnection: close\r\n\r\n{"detail":"later"}',
    );
    expect(refusal(401, 'no')).toContain('401 Unauthorized');
    expect(refusal(401, 'no')).not.toContain('Retry-After');
  });
});
