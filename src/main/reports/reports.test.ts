import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvField, csvLine } from './csv.ts';
import { junitReport, xmlText } from './junit.ts';
import { markdownReport, markdownText } from './markdown.ts';
import { OutputFile } from './outputFile.ts';
import { formatCount, formatElapsed, formatMs, formatShare } from './quantities.ts';
import { summaryJson } from './summaryJson.ts';
import { exampleSearch, exampleSummary, exampleTurn } from './testing.ts';
import { turnColumns, turnsCsvHeader, turnsCsvLines } from './turnsCsv.ts';

describe('csv', () => {
  it('quotes what needs it, and doubles quotes', () => {
    expect(csvField('plain')).toBe('plain');
    expect(csvField('a,b')).toBe('"a,b"');
    expect(csvField('say "hi"')).toBe('"say ""hi"""');
    expect(csvField('two\r\nlines')).toBe('"two\r\nlines"');
    expect(csvField(null)).toBe('');
    expect(csvField(0)).toBe('0');
    expect(csvLine(['a', null, 'b,c'])).toBe('a,,"b,c"\n');
  });
});

describe('turns', () => {
  it('begins with the promised columns in their order', () => {
    expect(turnsCsvHeader()).toMatch(
      /^call_id,turn,started_at_ms,end_of_speech_ms,first_message_ms,first_audio_ms,response_end_ms,barge_in_at_ms,agent_silent_ms,ttfb,ttfa,barge_in,status,error,conversation,user,stop_message_ms,leftover_ms,barge_in_outcome,/,
    );
    expect(new Set(turnColumns).size).toBe(turnColumns.length);
  });

  it('writes epoch milliseconds with fractions, and nothing where it did not happen', () => {
    const clock = { baseNs: '0', epochMs: 1_760_000_000_000.25 };
    const turn = exampleTurn({
      startedAt: 10,
      endOfSpeechAt: 1000.5,
      firstAudioAt: null,
      ttfa: 812.3456,
      error: 'no, "really"',
    });
    const line = turnsCsvLines([turn], clock);
    expect(line.endsWith('\n')).toBe(true);
    const cells = line.trimEnd().split(',');
    expect(cells[turnColumns.indexOf('started_at_ms')]).toBe('1760000000010.250');
    expect(cells[turnColumns.indexOf('end_of_speech_ms')]).toBe('1760000001000.750');
    expect(cells[turnColumns.indexOf('first_audio_ms')]).toBe('');
    expect(cells[turnColumns.indexOf('ttfa')]).toBe('812.346');
    expect(line).toContain('"no, ""really"""');
  });
});

describe('junit', () => {
  it('escapes what XML cannot carry', () => {
    expect(xmlText(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;');
    expect(xmlText('a\u0000b\u001bc\ud800d😀')).toBe('a\ufffdb\ufffdc\ufffdd😀');
    expect(xmlText('one\ntwo')).toBe('one&#10;two');
  });

  it('has a case for the verdict, for the trust and for every threshold', () => {
    const xml = junitReport(
      exampleSummary({
        scenario: 'a <b> & "c"',
        verdict: 'fail',
        trusted: false,
        untrusted_reasons: ['late frames'],
        thresholds: [
          {
            metric: 'ttfa',
            stat: 'p95',
            condition: 'below',
            target: 2000,
            acceptable: 3000,
            value: 3500,
            status: 'fail',
          },
          {
            metric: 'turn_success',
            stat: 'rate',
            condition: 'above',
            target: 0.98,
            acceptable: 0.95,
            value: 0.96,
            status: 'warn',
          },
          {
            metric: 'barge_in',
            stat: 'p95',
            condition: 'below',
            target: 500,
            acceptable: 500,
            value: null,
            status: 'fail',
            where: { turn: 2 },
          },
        ],
      }),
    );
    expect(xml.match(/<testcase /g)).toHaveLength(5);
    expect(xml).toContain('tests="5" failures="4"');
    expect(xml).toContain('name="a &lt;b&gt; &amp; &quot;c&quot;"');
    expect(xml).toContain('ttfa p95 was 3.50 s; required: below 2.00 s, acceptable 3.00 s');
    expect(xml).toContain('warning: turn_success was 96.0 %');
    expect(xml).toContain('barge_in p95 (turn 2) was not measured');
    expect(xml).toContain('late frames');
  });

  it('passes with a run that passed', () => {
    const xml = junitReport(exampleSummary({}));
    expect(xml).toContain('failures="0"');
    expect(xml).not.toContain('<failure');
  });
});

describe('markdown', () => {
  it('escapes what would act as Markdown', () => {
    expect(markdownText('a|b *c* <d> `e`\nf')).toBe('a\\|b \\*c\\* &lt;d&gt; \\`e\\` f');
    expect(markdownText('- item')).toBe('\\- item');
  });

  it('shows thresholds, latencies, counts and errors', () => {
    const text = markdownReport(
      exampleSummary({
        verdict: 'warn',
        scenario: 'x | y',
        thresholds: [
          {
            metric: 'ttfa',
            stat: 'p95',
            condition: 'below',
            target: 500,
            acceptable: 3000,
            value: 900,
            status: 'warn',
          },
        ],
        counts: { ...exampleSummary({}).counts, turns_excluded: 2, errors: { dropped_1006: 3 } },
      }),
    );
    expect(text).toContain('x \\| y');
    expect(text).toContain(
      '| --- | ---: | ---: | ---: | --- |\n| ttfa p95 | 900 ms | below 500 ms | 3.00 s | ⚠️ warn |',
    );
    expect(text).toContain('ttfa: 4 answered, 1 timed out, 0 lost, 2 excluded');
    expect(text).toContain('| dropped\\_1006 | 3 |');
  });
});

describe('quantities', () => {
  it('writes times, shares and counts with a sensible precision', () => {
    expect([0, 0.123, 4.56, 612.4, 999.6, 1240, 59_999, 125_000, null].map(formatMs)).toEqual(
      ['0 ms', '0.12 ms', '4.6 ms', '612 ms', '1.00 s', '1.24 s', '1 m 00 s', '2 m 05 s', '–'], // prettier-ignore
    );
    expect([0, 0.987, 0.99999, 1, null].map(formatShare)).toEqual(['0 %', '98.7 %', '99.9 %', '100 %', '–']);
    expect([12, 12_400, 3_100_000].map(formatCount)).toEqual(['12', '12.4 k', '3.10 M']);
    expect([0, 134_999, 3_734_000].map(formatElapsed)).toEqual(['00:00', '02:14', '1:02:14']);
  });
});

describe('OutputFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crosstalk-output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function opened(path: string): OutputFile {
    const result = OutputFile.open(path, '--summary');
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  }

  it('appears only when finished and replaces what was there', () => {
    const path = join(folder, 'a.json');
    writeFileSync(path, 'old');
    const file = opened(path);
    file.write('new');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(file.finish()).toEqual({ ok: true, value: undefined });
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('leaves nothing behind when discarded', () => {
    const file = opened(join(folder, 'a.json'));
    file.write('half');
    file.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('follows a link to the file behind it', () => {
    const real = join(folder, 'real.json');
    writeFileSync(real, 'old');
    symlinkSync(real, join(folder, 'link.json'));
    const file = opened(join(folder, 'link.json'));
    file.write('new');
    file.finish();
    expect(readFileSync(real, 'utf8')).toBe('new');
  });

  it.each([
    ['a missing folder', (f: string) => join(f, 'missing', 'a.json'), 'folder does not exist'],
    ['a folder', (f: string) => (mkdirSync(join(f, 'dir')), join(f, 'dir')), 'it is a folder'],
    [
      'a file in place of a folder',
      (f: string) => (writeFileSync(join(f, 'file'), ''), join(f, 'file', 'a.json')),
      'a file, not a folder',
    ],
  ])('refuses %s in one sentence', (_what, path, words) => {
    const result = OutputFile.open(path(folder), '--summary');
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error).toMatchObject({ kind: 'invalid_input' });
    expect(result.error.message).toContain('--summary cannot be written to');
    expect(result.error.message).toContain(words);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder without permission', () => {
    chmodSync(folder, 0o500);
    expect(OutputFile.open(join(folder, 'a.json'), '--summary').ok).toBe(false);
    chmodSync(folder, 0o700);
  });

  it.skipIf(!existsSync('/dev/full'))('says once, at the end, that the disk was full', () => {
    const file = opened('/dev/full');
    file.write('text');
    const result = file.finish();
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.error.message).toContain('disk is full');
  });
});

describe('a search for the breaking point', () => {
  const load = { executors: ['breaking-point'], breaking_point: exampleSearch, arrivals: null };

  it('stands in Markdown with every number that was held', () => {
    const text = markdownReport(exampleSummary({ load }));
    expect(text).toContain('### Breaking point\n\n**holds 140 calls; at 150, ttfa p95 passed 3 s**\n');
    expect(text).toContain('| 120 | 02:30–03:30 | 2.00 s | – | not held: ttfa p95 |');
    expect(markdownReport(exampleSummary({}))).not.toContain('Breaking point');
  });

  it('of another tool names what was imported and lists its requests, without calls of its own', () => {
    const base = exampleSummary({});
    const latency = { ...base.metrics.ttfa, count: 228, p95: 63 };
    const text = markdownReport(
      exampleSummary({
        counts: { ...base.counts, calls_attempted: 0, turns_ok: 0 },
        requests: [{ type: 'GET', name: '/ok', count: 228, failures: 3, latency, coarse: true }],
      }),
      {
        imported: {
          source: 'locust',
          files: ['a_stats.csv'],
          importedAt: '',
          missing: ['There are no turns.'],
        },
      },
    );
    expect(text).toContain('Imported from Locust: a\\_stats.csv\n\n- There are no turns.\n');
    expect(text).toMatch(/\| GET \/ok \| 228 \| 3 \| .* 63 ms \|/);
    for (const words of ['seed', 'calls connected', 'Rates and counts']) expect(text).not.toContain(words);
  });

  it('is a test case in JUnit, failed when nothing was held', () => {
    expect(junitReport(exampleSummary({ load }))).toMatch(
      /name="breaking point"[^>]*>\s*<system-out>holds 140 calls; at 150, ttfa p95 passed 3 s<\/system-out>/,
    );
    const found = { ...exampleSearch, holds: null, sentence: 'no number of calls was held' };
    expect(junitReport(exampleSummary({ load: { ...load, breaking_point: found } }))).toContain(
      '<failure type="run" message="no number of calls was held">',
    );
  });

  it('and arrivals are kept in the summary as they are', () => {
    const arrivals = { asked: 3, started: 2, dropped: 1, asked_per_s: 0.333, achieved_per_s: 0.2 };
    const summary = exampleSummary({ load: { ...load, arrivals } });
    expect(JSON.parse(summaryJson(summary))).toMatchObject({ load: { ...load, arrivals } });
    expect(markdownReport(summary)).toContain('arrivals: 3 asked (0.33 /s), 2 started (0.2 /s), 1 dropped\n');
  });
});
