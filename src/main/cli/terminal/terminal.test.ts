import { describe, expect, it } from 'vitest';
import { latencyMetrics } from '#contract/metrics';
import type { Sample } from '#contract/run';
import { withoutRequests } from '#contract/withoutRequests';
import { exampleSearch, exampleSummary } from '../../reports/testing.ts';
import { LiveRun } from './liveRun.ts';
import { resultText } from './result.ts';
import { createStyle, wantsColour } from './style.ts';
import { formatTable } from './table.ts';
import { createTerminal, type TextSink } from './terminal.ts';
import { displayWidth, pad, printable, truncate } from './text.ts';

const plain = createStyle(false);
const colour = createStyle(true);

describe('colour', () => {
  it('is for a terminal that can, unless it is forbidden or asked for', () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { FORCE_COLOR: '0' })).toBe(false);
    expect(wantsColour({}, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });
});

describe('text', () => {
  it('measures what the eye sees', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth(colour.red('abc'))).toBe(3);
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(pad('日本', 6)).toBe('日本  ');
    expect(pad('7', 3, 'right')).toBe('  7');
  });

  it('cuts at the width and ends the colour', () => {
    expect(truncate('abcdef', 6)).toBe('abcdef');
    expect(truncate('abcdef', 4)).toBe('abc…');
    expect(truncate(`x${colour.red('abcdef')}`, 4)).toBe('x\u001b[31mab…\u001b[0m');
  });

  it('lets nothing through that a terminal would obey', () => {
    expect(printable('a\u001b[2Jb\u0007c\nd')).toBe('ab\ufffdc d');
  });
});

describe('formatTable', () => {
  it('aligns columns by what is seen, without trailing blanks', () => {
    const text = formatTable(
      [{ head: 'name' }, { head: 'n', align: 'right' }, { head: 'note' }],
      [
        ['ttfa', '5', colour.green('ok')],
        ['barge_in', '12'],
        ['日本', '100', 'x'],
      ],
      { indent: 2 },
    );
    expect(text).toBe(
      `  name        n  note\n  ttfa        5  ${colour.green('ok')}\n  barge_in   12\n  日本      100  x\n`,
    );
  });
});

class Sink implements TextSink {
  text = '';
  isTTY: boolean;
  columns = 80;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

describe('createTerminal', () => {
  it('keeps data and progress apart and draws no live view in a pipe', () => {
    const out = new Sink(false);
    const err = new Sink(false);
    const terminal = createTerminal(out, err, {});
    terminal.show(['live']);
    terminal.say('progress');
    terminal.out('data');
    expect([out.text, err.text]).toEqual(['data', 'progress\n']);
  });

  it('redraws in place and prints lines above the live view', () => {
    const err = new Sink(true);
    const terminal = createTerminal(new Sink(true), err, { TERM: 'xterm' });
    terminal.show(['a', 'b']);
    terminal.say('note');
    terminal.show([]);
    expect(err.text).toBe('a\nb\n' + '\u001b[2A\r\u001b[J' + 'note\na\nb\n' + '\u001b[2A\r\u001b[J');
  });
});

describe('progress that nobody reads', () => {
  it('is left out beyond a bound, and said to be once somebody reads again', () => {
    const err = Object.assign(new Sink(false), { writableLength: 0 });
    const terminal = createTerminal(new Sink(false), err, {});
    terminal.say('one');
    err.writableLength = 1 << 20;
    terminal.say('two');
    terminal.say('three');
    err.writableLength = 0;
    terminal.say('four');
    terminal.say('five');
    expect(err.text).toBe('one\n(2 lines left out: nobody read them)\nfour\nfive\n');
  });

  it('is not redrawn while it waits', () => {
    const err = Object.assign(new Sink(true), { writableLength: 0 });
    const terminal = createTerminal(new Sink(true), err, { TERM: 'xterm' });
    terminal.show(['a']);
    err.writableLength = 2;
    for (let i = 0; i < 1000; i++) terminal.show([`${i}`]);
    err.writableLength = 0;
    terminal.show(['b']);
    expect(err.text).toBe('a\n' + '\u001b[1A\r\u001b[J' + 'b\n');
  });

  it.skipIf(process.platform === 'win32')('makes no write to a terminal wait', () => {
    const asked: unknown[] = [];
    const handle = { setBlocking: (blocking: boolean) => asked.push(blocking) };
    createTerminal(new Sink(true), Object.assign(new Sink(true), { _handle: handle }), { TERM: 'xterm' });
    createTerminal(new Sink(true), Object.assign(new Sink(false), { _handle: handle }), { TERM: 'xterm' });
    expect(asked).toEqual([false]);
  });
});

function sample(more: Partial<Sample>): Sample {
  const none = { count: 0, p50: null, p95: null, p99: null };
  return {
    t: 5, at: 5000, span: 1, asked: 3, arrivalsAsked: 0, arrivalsDropped: 0, active: 2, connecting: 1, callsAttempted: 3, callsConnected: 2, callsFailed: 1, callsDropped: 0,
    turnsOk: 4, turnsFailed: 1, framesSent: 0, framesReceived: 0, bytesSent: 0, bytesReceived: 0, errors: {},
    ttfa: { count: 4, p50: 800, p95: 1310, p99: 1400 }, bargeIn: none, connect: none, ...withoutRequests.sample,
    generator: {
      latenessP50: 0.2, latenessP99: 1, latenessMax: 2, eventLoop: 0.1, loopDelay: 1, cpu: 0.2, rssMb: 100,
      gcPauseMs: 0, bufferedBytes: 0, slipped: 0, runQueue: null, idleCores: null, workers: [],
    },
    ...more,
  }; // prettier-ignore
}

describe('LiveRun', () => {
  it('adds up seconds and shows them within the width', () => {
    const live = new LiveRun('Inquiry · practice', 30_000);
    live.add(sample({ errors: { refused: 1 } }));
    live.add(
      sample({
        t: 6,
        errors: { refused: 2, dns: 1 },
        generator: { ...sample({}).generator, latenessP99: 20 },
      }),
    );
    const lines = live.lines(100, plain);
    expect(lines[0]).toBe('Inquiry · practice   ● running 00:06 / 00:30');
    expect(lines.join('\n')).toContain('ok 8   failed 2');
    expect(lines.join('\n')).toContain('p95 1.31 s');
    expect(lines.join('\n')).toContain('refused 3 · dns 1');
    expect(lines.join('\n')).toContain('overloaded');
    expect(live.lines(30, colour).every((line) => displayWidth(line) < 30)).toBe(true);
    expect(live.plainLine()).toBe(
      '00:06 / 00:30  calls 2 of 3  turns 8 ok 2 failed  ttfa p50 800 ms p95 1.31 s p99 1.40 s  barge-in p95 –  errors 4 (refused 3, dns 1)  generator overloaded',
    );
  });
});

describe('users by hand in the live view', () => {
  it('says who decides, and which keys change it while they do', () => {
    const live = new LiveRun('Inquiry', 30_000);
    const text = () => live.lines(100, plain).join('\n');
    live.add(sample({}));
    expect(live.asked).toBe(3);
    expect(text()).not.toContain('W +10');
    live.keys = true;
    expect(text()).toContain('asked 3 ');
    expect(text()).toMatch(/users +w \+1 · W \+10 · s −1 · S −10$/m);
    live.pinned = 13;
    expect(text()).toContain('asked 13 by hand');
    expect(text()).toContain('p load profile');
    live.state = 'stopping';
    expect(text()).toContain('asked 3 ');
    expect(text()).not.toContain('W +10');
  });
});

describe('arrivals and the search in the live view', () => {
  it('says how many calls were to arrive and were dropped', () => {
    const live = new LiveRun('Inquiry', 30_000);
    expect(live.lines(100, plain).join('\n')).not.toContain('arrivals');
    live.add(sample({ arrivalsAsked: 10 }));
    live.keys = true;
    live.add(sample({ arrivalsAsked: 9, arrivalsDropped: 2, callsAttempted: 7 }));
    const text = live.lines(100, plain).join('\n');
    expect(text).toMatch(/arrivals +asked 19 +dropped 2 +last second: 9 asked, 7 dialled/);
    // The number of users is none that could be set.
    expect(text).not.toContain('W +10');
    expect(live.plainLine()).toContain('arrivals 19 asked 2 dropped');
  });

  it('says how far the search has come, and does not take a long one for one that ends', () => {
    const live = new LiveRun('Inquiry', 7000, true);
    live.breakingPoint = { ...exampleSearch, sentence: 'holds 100 calls so far; holding 150' };
    live.add(sample({ t: 6 }));
    expect(live.lines(100, plain)[0]).toBe('Inquiry   ● running 00:06 / at most 00:07');
    expect(live.plainLine()).toMatch(/^00:06 \/ at most 00:07 {2}/);
    live.add(sample({ t: 8 }));
    expect(live.lines(100, plain)[0]).toBe('Inquiry   ● running 00:08');
    expect(live.plainLine()).toMatch(/^00:08 {2}calls/);
    const text = live.lines(100, plain).join('\n');
    expect(text).toContain('search    holds 100 calls so far; holding 150');
    expect(text).toContain('● running');
    expect(live.plainLine()).toContain('holding 150');
  });
});

describe('resultText', () => {
  it('says what a search found, number by number, and how a rate of arrivals was kept', () => {
    const text = resultText(
      exampleSummary({
        load: {
          executors: ['breaking-point'],
          breaking_point: exampleSearch,
          arrivals: { asked: 600, started: 570, dropped: 20, asked_per_s: 10, achieved_per_s: 9.5 },
        },
      }),
      { style: plain, examples: new Map() },
    );
    expect(text).toContain('  holds 140 calls; at 150, ttfa p95 passed 3 s\n');
    expect(text).toMatch(/ 100 +00:10–01:10 +1\.00 s +– +✓ held\n/);
    expect(text).toMatch(/ 110 +01:20–02:20 +1\.50 s +– +! held, target missed: ttfa p95\n/);
    expect(text).toMatch(/ 120 .* ✕ not held: ttfa p95\n/);
    expect(text).toMatch(/ 130 .* ! this machine was the bottleneck\n/);
    expect(text).toMatch(/ 140 .* cut off by the end of the run\n/);
    expect(text).toMatch(/ 150 +06:00– +3\.50 s +– +being held\n/);
    expect(text).toMatch(
      /arrivals +600 asked \(10 \/s\), 570 started \(9\.5 \/s\), 20 dropped, 10 not begun\n/,
    );
  });

  it('does not say that the operator stopped a run whose set-up failed', () => {
    const stage = { stage: 'setup' as const, name: 'accounts', requests: 1, failed: 1, seconds: 1 };
    const told = (problem: string | null) =>
      resultText(exampleSummary({ ended: 'stopped', stages: [{ ...stage, problem }] }), {
        style: plain,
        examples: new Map(),
      });
    expect(told('The answer was 500.')).toContain(' · the set-up failed · ');
    expect(told(null)).toContain(' · stopped by the operator · ');
  });

  it('shows the verdict, thresholds, latencies, errors and the trust in them', () => {
    const base = exampleSummary({});
    const text = resultText(
      exampleSummary({
        verdict: 'fail',
        verdict_reasons: ['a reason'],
        trusted: false,
        untrusted_reasons: ['frames were late'],
        thresholds: [
          {
            metric: 'ttfa',
            stat: 'p95',
            condition: 'below',
            target: 500,
            acceptable: 800,
            value: 1310,
            status: 'fail',
          },
          {
            metric: 'barge_in',
            stat: 'p95',
            condition: 'below',
            target: 500,
            acceptable: 800,
            value: null,
            status: 'fail',
          },
        ],
        counts: { ...base.counts, errors: { first_byte_timeout: 1 } },
      }),
      { style: plain, examples: new Map([['first_byte_timeout', 'no audio\u001b[2J within 5 s']]) },
    );
    expect(text).toContain(
      '✕ fail  Insurance inquiry · practice · 00:30 · completed · seed 7\n  - a reason\n',
    );
    expect(text).toMatch(/ttfa p95 +1\.31 s +below 500 ms +800 ms +✕ fail/);
    expect(text).toMatch(/barge_in p95 +no sample/);
    expect(text).toMatch(/first_byte_timeout +1 +no audio within 5 s/);
    expect(text).toContain('4 answered, 1 timed out, 0 lost');
    expect(text).toContain('the numbers cannot be trusted');
    expect(text).toContain('- frames were late');
  });

  it('of another tool shows its requests, and claims nothing about its seed, calls and generator', () => {
    const base = exampleSummary({});
    const none = { ...base.metrics.ttfa, count: 0, min: null, mean: null, p50: null, p95: null, p99: null };
    const metrics = Object.fromEntries(
      latencyMetrics.map((metric) => [metric, { ...none, max: null }]),
    ) as typeof base.metrics;
    const latency = { ...base.metrics.ttfa, count: 228, p95: 63 };
    const summary = exampleSummary({
      metrics,
      counts: { ...base.counts, calls_attempted: 0, turns_ok: 0 },
      requests: [{ type: 'GET', name: '/ok', count: 228, failures: 3, latency, coarse: true }],
    });
    const imported = { source: 'locust', files: ['a_stats.csv'], importedAt: '', missing: [] } as const;
    const text = resultText(summary, {
      style: plain,
      examples: new Map(),
      imported: { ...imported, files: [...imported.files], missing: [] },
    });
    expect(text).toMatch(/GET \/ok +228 +3 .* 63 ms/);
    expect(text).toContain('Locust measured this run; Crosstalk cannot tell how its generator fared');
    for (const word of ['seed', 'can be trusted', 'attempted', 'barge_in', 'worker', 'latency'])
      expect(text).not.toContain(word);
  });
});
