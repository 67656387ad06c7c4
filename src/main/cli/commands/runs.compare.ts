/** `crosstalk runs compare`, of runs and of periods, and `crosstalk runs trend`. */
import { metricKind, type MetricName, type Statistic } from '#contract/metrics';
import type { Comparison, Trend } from '#contract/comparison';
import { mostCompared } from '#contract/comparisonLimits';
import { comparisonMarkdown } from '../../comparing/comparisonMarkdown.ts';
import { compareRuns } from '../../comparing/loading.ts';
import { trendOf } from '../../comparing/trend.ts';
import { formatValue } from '../../comparing/valueText.ts';
import type { History } from '../../history/history.ts';
import { OutputFile } from '../../reports/outputFile.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { comparisonText } from '../terminal/comparison.ts';
import { verdictText } from '../terminal/result.ts';
import { formatTable, type Column } from '../terminal/table.ts';
import { localTime, printable, truncate } from '../terminal/text.ts';
import { comparedPeriods, periodNames } from './runs.periods.ts';
import { findRun, withHistory } from './runs.ts';

export interface RunsCompareOptions {
  json?: boolean;
  /** Names with commas between them; true: all periods of the run. */
  periods?: string | true;
  markdown?: string;
}

async function wholeRuns(history: History, runs: readonly string[]): Promise<Comparison> {
  const ids = new Set<string>();
  for (const run of runs) ids.add((await findRun(history, run)).id);
  const [first, ...others] = ids;
  if (first === undefined || others.length === 0)
    throw usage('Two different runs or more are needed; crosstalk runs list shows them.');
  if (ids.size > mostCompared) throw usage(`At most ${mostCompared} runs can be compared at once.`);
  return must(await compareRuns(history, [first, ...others]));
}

async function periodsOf(
  history: History,
  [run = 'latest', ...others]: readonly string[],
  periods: string | true,
): Promise<Comparison> {
  if (others.length > 0) throw usage('--periods compares the periods of one run: name one run.');
  return comparedPeriods(history, await findRun(history, run), periodNames(periods));
}

/** Puts runs, or the periods of one, side by side, the first the baseline; ends with 99 when a later one regressed. */
export function compareKept(
  runs: readonly string[],
  options: RunsCompareOptions,
  context: CliContext,
): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    const { periods } = options;
    const comparison =
      periods === undefined ? await wholeRuns(history, runs) : await periodsOf(history, runs, periods);
    const what = periods === undefined ? 'run' : 'period';
    const file =
      options.markdown === undefined ? null : must(OutputFile.open(options.markdown, '--markdown'));
    try {
      if (options.json === true) printJson(context.terminal, comparison);
      else context.terminal.out(comparisonText(comparison, context.terminal.style, { what }));
      file?.write(comparisonMarkdown(comparison));
      if (file !== null) must(file.finish());
      const regressed = comparison.runs.some(({ verdict }) => verdict === 'regressed');
      return regressed ? exitCodes.failed : exitCodes.passed;
    } finally {
      file?.discard();
    }
  });
}

export interface RunsTrendOptions {
  env?: string;
  metric: MetricName;
  stat: Statistic;
  last: number;
  json?: boolean;
}

const right = (head: string): Column => ({ head, align: 'right' });

function environmentText(
  environment: Trend['environments'][number],
  trend: Trend,
  { terminal }: CliContext,
): string {
  const { style } = terminal;
  const limits = environment.thresholds.map(
    ({ condition, target, acceptable }) =>
      `${condition} ${formatValue(trend.kind, target)}, acceptable ${formatValue(trend.kind, acceptable)}`,
  );
  const rows = environment.points.map(({ row, value, count }) => [
    row.id,
    localTime(row.startedAt),
    truncate(printable(row.name), 40),
    formatValue(trend.kind, value),
    String(count),
    row.verdict === null ? '–' : verdictText(row.verdict, style),
    [row.id === environment.baselineId ? 'baseline' : '', row.trusted === false ? 'untrusted' : '']
      .filter((word) => word !== '')
      .join(', '),
  ]);
  const columns = [
    { head: 'run' },
    { head: 'started' },
    { head: 'name' },
    right(metricKind(trend.metric) === 'latency' ? `${trend.metric} ${trend.stat}` : trend.metric),
    right('count'),
    { head: 'verdict' },
    { head: '' },
  ];
  return [
    `${style.bold(printable(environment.environment))}${limits.length > 0 ? style.dim(`  threshold: ${limits.join('; ')}`) : ''}\n`,
    formatTable(columns, rows, { indent: 2, head: style.dim }),
  ].join('');
}

/** One metric over the last runs of a scenario, oldest first. */
export function showTrend(
  scenario: string,
  options: RunsTrendOptions,
  context: CliContext,
): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    const { terminal } = context;
    const { env, metric, stat, last } = options;
    const scenarios = must(await history.scenarios());
    const known = scenarios.find((one) => one.scenario === scenario);
    if (known === undefined) {
      const names = scenarios.slice(0, 5).map((one) => JSON.stringify(one.scenario));
      throw usage(
        `No run of a scenario named ${JSON.stringify(scenario)} is kept${names.length === 0 ? '' : `; there are runs of ${names.join(', ')}`}.`,
      );
    }
    if (env !== undefined && !known.environments.includes(env))
      throw usage(
        `${JSON.stringify(scenario)} was not run against ${JSON.stringify(env)}, but against ${known.environments.join(', ')}.`,
      );
    const trend = must(await trendOf(history, { scenario, environment: env, metric, stat, last }));
    if (options.json === true) printJson(terminal, trend);
    else terminal.out(trend.environments.map((one) => environmentText(one, trend, context)).join('\n'));
    return exitCodes.passed;
  });
}
