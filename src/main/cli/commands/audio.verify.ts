/** `crosstalk audio verify`: what is wrong with a folder of clips, and mending what can be mended. */
import { resolve } from 'node:path';
import type { CacheReport, Finding } from '#contract/api/clips';
import { formatMs } from '../../reports/quantities.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { withStudio } from '../studio.ts';
import { printable } from '../terminal/text.ts';
import type { AudioVerifyOptions } from './audio.options.ts';

type Mend = NonNullable<Finding['mend']>;

const kinds: Record<Finding['kind'], string> = {
  unreadable: 'cannot be read',
  wrong_format: 'not 16-bit mono at 16 kHz',
  odd_length: 'an odd number of bytes',
  empty: 'empty',
  silent: 'silent',
  clipped: 'clipped',
  too_quiet: 'too quiet',
  too_loud: 'too loud',
  too_long: 'too long',
  leading_silence: 'silence at the beginning',
  trailing_silence: 'silence at the end',
  long_pause: 'a long pause inside',
  missing: 'missing files',
  orphan: 'files without a line in the manifest',
  duplicate_name: 'two lines for one file',
  wrong_hash: 'not what its address says',
  bad_line: 'lines of the manifest that cannot be read',
};
const mends: Record<Mend, (count: number) => string> = {
  normalise: (n) => `levelled ${clips(n)}`,
  trim: (n) => `trimmed ${clips(n)}`,
  drop_line: (n) => `dropped ${n} ${n === 1 ? 'line' : 'lines'} of the manifest`,
  adopt: (n) => `took ${clips(n)} into the manifest`,
  cut_odd_byte: (n) => `cut the odd byte off ${clips(n)}`,
};

/** `1 clip`, `12 clips`. */
export function clips(count: number): string {
  return `${count} ${count === 1 ? 'clip' : 'clips'}`;
}

/** What was mended is named up to so many; --json names all. */
const mostNamed = 10;
const severities = ['error', 'warning'] as const;

function groups(findings: readonly Finding[]): Finding[][] {
  const byKind = Map.groupBy(findings, ({ severity, kind }) => `${severity} ${kind}`);
  return [...byKind.values()].sort(
    ([a], [b]) => severities.indexOf(a?.severity ?? 'error') - severities.indexOf(b?.severity ?? 'error'),
  );
}

function headOf({ clips: found, folder, made, bytes, durationMs, writable }: CacheReport): string {
  const origin = { crosstalk: '', original: ', made by the original tool', plain: ', without a manifest' }[
    made
  ];
  const locked = writable ? '' : '; nothing may be written here';
  return `${printable(folder)}: ${clips(found.length)}, ${formatMs(durationMs)}, ${(bytes / 1e6).toFixed(1)} MB${origin}${locked}\n`;
}

function reportText(report: CacheReport, context: CliContext): string {
  const { style } = context.terminal;
  const marks = { error: style.red('✕ error  '), warning: style.yellow('! warning') };
  const lines = [headOf(report)];
  for (const group of groups(report.findings)) {
    const [first] = group;
    if (first === undefined) continue;
    lines.push(`\n${marks[first.severity]}  ${style.bold(kinds[first.kind])} (${group.length})\n`);
    for (const finding of group) {
      const can = finding.mend === null ? '' : style.dim(' (--mend can put this right)');
      lines.push(`    ${printable(finding.message)}${can}\n`);
    }
  }
  const errors = report.findings.filter((finding) => finding.severity === 'error').length;
  const warnings = report.findings.length - errors;
  const verdict =
    report.findings.length === 0
      ? `${style.green('✓')} Nothing is wrong.`
      : `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`;
  return `${lines.join('')}\n${verdict}\n`;
}

interface Mended {
  filename: string;
  mend: Mend;
}

/** What could be mended, each once: silence at both ends is one cut. */
function mendable(report: CacheReport): Mended[] {
  const found = report.findings.flatMap(({ filename, mend }) =>
    mend === null || filename === null ? [] : [{ filename, mend }],
  );
  return [...new Map(found.map((one) => [key(one), one])).values()];
}

function key({ filename, mend }: Mended): string {
  return `${mend} ${filename}`;
}

/** Ends with 0 when no error is (left) there, otherwise with 1. */
export function verifyAudio(
  dir: string | undefined,
  options: AudioVerifyOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  return withStudio(context, async ({ handlers }) => {
    const folder = dir === undefined ? {} : { folder: resolve(dir) };
    let report = must(await handlers.clips.verify(folder));
    const asked: Mended[] = [];
    // An odd byte hides how the clip sounds, so what comes to light is mended too.
    for (let next = options.mend === true ? mendable(report) : []; next.length > 0;) {
      report = must(await handlers.clips.mend({ ...folder, findings: next }));
      asked.push(...next);
      const known = new Set(asked.map(key));
      next = mendable(report).filter((one) => !known.has(key(one)));
    }
    const left = new Set(mendable(report).map(key));
    const mended = asked.filter((one) => !left.has(key(one)));
    if (options.json === true) printJson(terminal, options.mend === true ? { ...report, mended } : report);
    else {
      if (options.mend === true) sayMended(asked, mended, context);
      terminal.out(reportText(report, context));
    }
    const failed = report.findings.some((finding) => finding.severity === 'error');
    return failed ? exitCodes.unexpected : exitCodes.passed;
  });
}

function sayMended(asked: readonly Mended[], mended: readonly Mended[], context: CliContext): void {
  const { terminal } = context;
  if (asked.length === 0) terminal.say('There is nothing that can be mended.');
  for (const [mend, done] of Map.groupBy(mended, (one) => one.mend)) {
    const names = done.slice(0, mostNamed).map((one) => printable(one.filename));
    if (done.length > mostNamed) names.push(`and ${done.length - mostNamed} more`);
    terminal.say(`${terminal.sayStyle.green('✓')} ${mends[mend](done.length)}: ${names.join(', ')}`);
  }
  const left = asked.length - mended.length;
  if (left > 0) terminal.say(`${left} could not be mended; see below.`);
}
