import { describe, expect, it } from 'vitest';
import { parseSelector, selectorTest } from './selector.ts';

function fits(text: string, metric: string, labels: Record<string, string> = {}): boolean {
  const parsed = parseSelector(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return selectorTest(parsed.selector)(metric, labels);
}

describe('a selector of series', () => {
  it('is a name, or a name with labels', () => {
    expect(parseSelector('  up ')).toEqual({ selector: { metric: 'up', matchers: [] } });
    expect(parseSelector('queue:depth{queue="tts", code!~\'5..\',}')).toEqual({
      selector: {
        metric: 'queue:depth',
        matchers: [
          { label: 'queue', op: '=', value: 'tts' },
          { label: 'code', op: '!~', value: '5..' },
        ],
      },
    });
    expect(parseSelector('up{}')).toEqual({ selector: { metric: 'up', matchers: [] } });
  });

  it.each([
    ['', 'must begin with the name of a metric, like queue_depth{queue="tts"}'],
    ['5xx', 'must begin with the name of a metric, like queue_depth{queue="tts"}'],
    ['rate(x[5m])', 'has "(x[5m])" behind the name; labels stand in { }'],
    ['up{job=tts}', 'must have its labels like {queue="tts",code=~"5..",job!="x"}'],
    ['up{job="tts}', 'has no closing quote behind job'],
    ['up{job="a" code="b"}', 'must end with }, and have a comma between its labels'],
    ['up{job="a"} x', 'must end with }, and have a comma between its labels'],
    ['up{job=~"("}', 'has no regular expression at job'],
  ])('says of %j what is wrong', (text, problem) => {
    expect(parseSelector(text)).toEqual({ problem });
  });

  it('fits by equality, by expressions over the whole value, and by what must not be', () => {
    expect(fits('up', 'up', { a: '1' })).toBe(true);
    expect(fits('up', 'uptime')).toBe(false);
    expect(fits('q{a="1"}', 'q', { a: '1', b: '2' })).toBe(true);
    expect(fits('q{a="1"}', 'q', { a: '11' })).toBe(false);
    expect(fits('q{a!="1"}', 'q', {})).toBe(true);
    expect(fits('q{a=""}', 'q', {})).toBe(true);
    expect(fits('q{a=~"5.."}', 'q', { a: '503' })).toBe(true);
    expect(fits('q{a=~"5.."}', 'q', { a: '1503' })).toBe(false);
    expect(fits('q{a!~"5..|4.."}', 'q', { a: '404' })).toBe(false);
    expect(fits('q{a=~".+"}', 'q', { b: 'x' })).toBe(false);
    expect(fits('q{toString=""}', 'q', {})).toBe(true);
  });

  it('reads escapes as the exposition format has them, and leaves those of expressions alone', () => {
    expect(fits(String.raw`q{a="say \"hi\"\\\n"}`, 'q', { a: 'say "hi"\\\n' })).toBe(true);
    expect(fits(String.raw`q{a=~"\d+\.\d"}`, 'q', { a: '12.5' })).toBe(true);
  });
});
