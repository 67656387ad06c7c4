/** How to do the same without the app: a line of a crontab, and a workflow of GitHub Actions. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Schedule } from '#contract/api/schedules';
import { fail, ok, type Result } from '#contract/errors';
import { bundled, packageRoot } from '../entries.ts';
import { shellWord } from '../runs/commandLine.ts';
import { scheduledTag } from './planner.ts';
import { cronPattern, nextTime, type Timed } from './times.ts';

export type ScheduledRun = Timed & Pick<Schedule, 'scenario' | 'environment' | 'confirm'>;

export interface TextOptions {
  /** `CROSSTALK_HOME`, where it is set. */
  home: string | undefined;
  /** Where output of the crontab's run goes. */
  log: string;
  now: Date;
  /** Left out: this machine's. */
  timezone?: string;
  /** Absolute path of the program's launcher and of a Node that runs it; for tests. */
  program?: { node: string; launcher: string };
}

/** A Node that cron can start: it knows no PATH to speak of. */
function thisProgram(): { node: string; launcher: string } {
  const own = join(packageRoot(), 'node_modules', 'node', 'bin', 'node');
  const running = basename(process.execPath).startsWith('node') ? process.execPath : null;
  return { node: running ?? (existsSync(own) ? own : 'node'), launcher: bundled('bin', 'crosstalk.mjs') };
}

function runWords({ environment, confirm }: ScheduledRun): string[] {
  return [
    ...(environment === undefined ? [] : ['--env', shellWord(environment)]),
    ...(confirm === undefined ? [] : ['--confirm', shellWord(confirm)]),
    '--tag',
    scheduledTag,
  ];
}

/** Both texts. A path with a line break cannot stand in either. */
export function scheduleTexts(
  run: ScheduledRun,
  options: TextOptions,
): Result<{ crontab: string; actions: string; next: string | null }> {
  if (run.every === 'week' && run.days.length === 0)
    return fail('invalid_input', 'no_days', 'Choose at least one day of the week.');
  if (/[\r\n]/.test([run.scenario, run.environment, run.confirm, options.home].join('')))
    return fail(
      'invalid_input',
      'line_break',
      'A path or name with a line break cannot stand in a crontab; rename it.',
    );
  const next = nextTime(run, options.now, options.timezone);
  return ok({
    crontab: crontabLine(run, options),
    actions: workflow(run, options),
    next: next?.toISOString() ?? null,
  });
}

/** A percent sign ends the command of a crontab unless it is escaped. */
function crontabLine(run: ScheduledRun, options: TextOptions): string {
  const { node, launcher } = options.program ?? thisProgram();
  const command = [
    ...(options.home === undefined ? [] : [`CROSSTALK_HOME=${shellWord(options.home)}`]),
    shellWord(node),
    shellWord(launcher),
    'run',
    shellWord(run.scenario),
    ...runWords(run),
    '--quiet',
    '>>',
    shellWord(options.log),
    '2>&1',
  ].join(' ');
  return `${cronPattern(run)} ${command.replaceAll('%', '\\%')}`;
}

/** A word of YAML in quotes that nothing in it can end. */
const yamlWord = (text: string) => JSON.stringify(text);

function workflow(run: ScheduledRun, options: TextOptions): string {
  const { cron, comment } = inUtc(run, options.now, options.timezone);
  const command = [
    'npx crosstalk run',
    shellWord(`scenarios/${basename(run.scenario)}`),
    ...runWords(run),
  ].join(' ');
  return [
    '# .github/workflows/crosstalk.yml, in a repository with Crosstalk; the scenario lies in its folder scenarios',
    'on:',
    '  schedule:',
    ...comment.map((line) => `    # ${line}`),
    `    - cron: '${cron}'`,
    '  workflow_dispatch:',
    'jobs:',
    '  crosstalk:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: actions/checkout@v4',
    '      - uses: actions/setup-node@v4',
    '        with: { node-version: 24, cache: npm }',
    '      - run: npm ci',
    '      - run: npm run build',
    `      - name: ${yamlWord(`Crosstalk: ${basename(run.scenario)}`)}`,
    '        run: >-',
    `          ${command}`,
    '',
  ].join('\n');
}

/** The time in UTC, the only one GitHub knows, as it is at the next time; with what to say about it. */
function inUtc(
  run: ScheduledRun,
  now: Date,
  timezone: string | undefined,
): { cron: string; comment: string[] } {
  const days = run.every === 'day' ? ([null] as const) : run.days;
  const times = days.flatMap((day) => {
    const next = nextTime(day === null ? run : { ...run, days: [day] }, now, timezone);
    return next === null ? [] : [next];
  });
  // All at one offset, so that a change of the clock between two days does not make two times of one.
  const first = times.reduce((a, b) => (a < b ? a : b), times[0] ?? now);
  const weekdays = [...new Set(times.map((time) => time.getUTCDay()))].sort((a, b) => a - b);
  const cron = `${first.getUTCMinutes()} ${first.getUTCHours()} * * ${run.every === 'day' ? '*' : weekdays.join(',')}`;
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const changes =
    offsetAt(new Date(Date.UTC(now.getUTCFullYear(), 0, 1)), zone) !==
    offsetAt(new Date(Date.UTC(now.getUTCFullYear(), 6, 1)), zone);
  const comment = [
    `${run.time} in ${zone} is ${twoDigits(first.getUTCHours())}:${twoDigits(first.getUTCMinutes())} UTC, the only clock GitHub has.`,
  ];
  if (changes)
    comment.push(
      `It does not follow summer time: when the clocks of ${zone} change, it is an hour off until the hour here is changed.`,
    );
  return { cron, comment };
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** Minutes that a zone is ahead of UTC at a moment. */
function offsetAt(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
  return Math.round((local - at.getTime()) / 60_000);
}
