import { describe, expect, it } from 'vitest';
import { aSummary } from '../../history/testing.ts';
import { isTold, wordsOf, type EndedRun } from '../news.ts';
import { messageOf, testMessage } from './index.ts';

const base = aSummary('run-1');
const failedThreshold = {
  metric: 'ttfa' as const,
  stat: 'p95' as const,
  condition: 'below' as const,
  target: 2000,
  acceptable: 3000,
  value: 3500,
  status: 'fail' as const,
};
const regressed = {
  baselineId: 'run-0',
  ttfaP95: 212,
  requestP95: null,
  verdict: 'regressed' as const,
  sentence: 'ttfa p95 +212 ms (+18 %), more than noise',
};

function ended(more: Partial<EndedRun['summary']> = {}, delta: EndedRun['delta'] = null): EndedRun {
  const summary = { ...base, scenario: 'Insurance', environment: 'staging', ...more };
  return { runId: 'run-1', name: 'Insurance <b>&</b> *more*', summary, delta };
}

const good = ended({ verdict: 'pass', trusted: true, ended: 'completed' });
const bad = ended({ verdict: 'fail', thresholds: [failedThreshold] });
const untrusted = ended({ verdict: 'pass', trusted: false, untrusted_reasons: ['frames were late'] });
const worse = ended({ verdict: 'pass', trusted: true }, regressed);

describe('what is worth telling', () => {
  it('is everything, nothing, or what failed, is not trusted or is worse than before', () => {
    const told = (when: 'always' | 'problems' | 'never') =>
      [good, bad, untrusted, worse].map((run) => isTold(when, run));
    expect(told('always')).toEqual([true, true, true, true]);
    expect(told('problems')).toEqual([false, true, true, true]);
    expect(told('never')).toEqual([false, false, false, false]);
    expect(
      isTold('problems', ended({ verdict: 'pass', trusted: true }, { ...regressed, verdict: 'improved' })),
    ).toBe(false);
  });

  it('names the regression first, in the title and in the text', () => {
    const { title, body, verdict } = wordsOf(worse);
    expect(title).toBe('Regressed: Insurance <b>&</b> *more* · staging');
    expect(body).toMatch(/^Regressed: ttfa p95 \+212 ms \(\+18 %\), more than noise\. /);
    expect(verdict).toBe('passed, regressed');
  });

  it('says how it went and why', () => {
    expect(wordsOf(good).title).toBe('Insurance <b>&</b> *more* · staging: passed');
    expect(wordsOf(bad).remarks[0]).toBe('ttfa p95 was 3.50 s; required: below 2.00 s, acceptable 3.00 s.');
    expect(wordsOf(untrusted)).toMatchObject({
      verdict: 'passed, not to be trusted',
      remarks: ['frames were late.'],
    });
    expect(wordsOf(ended({ verdict: 'pass', trusted: true, ended: 'aborted' })).verdict).toBe(
      'passed, aborted',
    );
  });
});

describe('the message', () => {
  it('as JSON holds what a program needs', () => {
    expect(messageOf('json', { ...bad, delta: regressed })).toMatchObject({
      schema: 1,
      event: 'run_ended',
      run_id: 'run-1',
      scenario: 'Insurance',
      environment: 'staging',
      verdict: 'fail',
      trusted: true,
      figures: { ttfa_p95: base.metrics.ttfa.p95, turn_success: base.rates.turn_success },
      thresholds_failed: [{ name: 'ttfa p95', value: 3500, target: 2000 }],
      comparison: { baseline_id: 'run-0', verdict: 'regressed', ttfa_p95_difference: 212 },
    });
    const slower = { ...regressed, ttfaP95: null, requestP95: 40 };
    expect(messageOf('json', { ...bad, delta: slower })).toMatchObject({
      comparison: { request_p95_difference: 40 },
    });
    expect(messageOf('json', good)).toMatchObject({ thresholds_failed: [], comparison: null });
  });

  it('for Teams is an Adaptive Card whose texts are no Markdown', () => {
    const message = messageOf('teams', worse);
    expect(message).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              {
                type: 'TextBlock',
                color: 'Attention',
                text: 'Regressed: Insurance <b\\>&</b\\> \\*more\\* · staging',
              },
              { type: 'FactSet' },
              { type: 'TextBlock' },
              { type: 'TextBlock' },
            ],
          },
        },
      ],
    });
    expect(JSON.stringify(messageOf('teams', good))).toContain('"color":"Good"');
    expect(JSON.stringify(messageOf('teams', untrusted))).toContain('"color":"Warning"');
  });

  it('for Slack has a text and blocks within what Slack takes, and no links of its own', () => {
    const long = { ...bad, name: 'x'.repeat(300) };
    const { text, blocks } = messageOf('slack', long) as {
      text: string;
      blocks: { type: string; text?: { text: string } }[];
    };
    expect(text).toContain('ttfa p95 was 3.50 s');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'context']);
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    expect(String(messageOf('slack', good).text)).toContain('Insurance &lt;b&gt;&amp;&lt;/b&gt;');
  });

  it('of a test says that it is one', () => {
    for (const format of ['json', 'teams', 'slack'] as const)
      expect(JSON.stringify(testMessage(format))).toContain('a test message');
  });
});
