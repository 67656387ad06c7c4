/** The runs kept on this machine: what they were and how they went. */
import type { RecordedCall } from '#contract/recording';
import type { RunDetail, RunRow } from '#contract/run';
import { formatDifference } from '../../comparing/differenceText.ts';
import { openHistory, type History } from '../../history/history.ts';
import { crosstalkHome, homeFolder } from '../../home.ts';
import { recordingsIn, type RecordingStore } from '../../recordings/store.ts';
import { isForeign, sourceNames } from '../../reports/importedFrom.ts';
import { formatElapsed, formatMs, formatPerSecond, formatShare } from '../../reports/quantities.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { comparisonVerdictText } from '../terminal/comparison.ts';
import { resultText, verdictText } from '../terminal/result.ts';
import { deltaText } from '../terminal/delta.ts';
import { requestTables } from './runs.requests.ts';
import type { Style } from '../terminal/style.ts';
import { formatTable, type Column } from '../terminal/table.ts';
import { localTime, printable, truncate } from '../terminal/text.ts';
import type { RunsListOptions, RunsShowOptions } from './runs.options.ts';

const everyRun = 10_000;

/** Opens the history for a command and closes it after. */
export async function withHistory(
  context: CliContext,
  work: (history: History) => Promise<ExitCode>,
): Promise<ExitCode> {
  const home = must(crosstalkHome({ env: context.env }));
  const history = must(await openHistory({ file: home.database }));
  const { terminal } = context;
  for (const notice of history.notices())
    terminal.say(`${terminal.sayStyle.yellow('Note:')} ${printable(notice)}`);
  try {
    return await work(history);
  } finally {
    await history.close();
  }
}

/** The one run that is meant: by its id, the beginning of it, or `latest`. */
export function pickRun(rows: readonly RunRow[], wanted: string): RunRow {
  const text = wanted.trim().toLowerCase();
  if (rows.length === 0) throw usage('No run is kept on this machine yet; crosstalk run makes one.');
  const newest = rows[0];
  if (text === 'latest' && newest !== undefined) return newest;
  const exact = rows.find((row) => row.id.toLowerCase() === text);
  if (exact !== undefined) return exact;
  const matches = text === '' ? [] : rows.filter((row) => row.id.toLowerCase().startsWith(text));
  const [only, second] = matches;
  if (only === undefined)
    throw usage(`No run begins with ${JSON.stringify(wanted)}; crosstalk runs list shows them.`);
  if (second === undefined) return only;
  throw usage(
    `${matches.length} runs begin with ${JSON.stringify(wanted)}: ${only.id}, ${second.id} …; give more of the id.`,
  );
}

/** The one run of the history that is meant. */
export async function findRun(history: History, wanted: string): Promise<RunRow> {
  return pickRun(must(await history.list({ limit: everyRun })), wanted);
}

function stateText(row: RunRow, style: Style): string {
  if (row.state === 'cut_off') return style.red('✕ cut off');
  if (row.state !== 'finished') return style.cyan(`● ${row.state}`);
  if (row.verdict === null) return '–';
  const aborted = row.ended === 'aborted' ? style.red(' (aborted)') : '';
  return verdictText(row.verdict, style) + aborted + (row.trusted === false ? style.red(' (untrusted)') : '');
}

const right = (head: string): Column => ({ head, align: 'right' });

/** `+212 ms ✕ regressed`: how its ttfa p95, or that of its requests, stands to the baseline's. */
function againstText({ delta, isBaseline }: RunRow, style: Style): string {
  if (isBaseline) return 'is the baseline';
  if (delta === null) return '';
  const verdict = delta.verdict === null ? 'not compared' : comparisonVerdictText(delta.verdict, style);
  const difference = delta.ttfaP95 ?? delta.requestP95;
  return difference === null ? verdict : `${formatDifference('latency', difference)} ${verdict}`;
}

/** `crosstalk runs list` */
export function listRuns(options: RunsListOptions, context: CliContext): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    const { terminal } = context;
    const rows = must(await history.list({ limit: options.limit }));
    if (options.json === true) printJson(terminal, rows);
    else if (rows.length === 0) {
      terminal.say(
        'No run is kept on this machine yet. Make one: crosstalk run resources/scenarios/practice.yaml',
      );
    } else {
      const compared = rows.some(({ delta, isBaseline }) => isBaseline || delta !== null);
      const requests = rows.some(
        ({ requestP95, requestSuccess }) => requestP95 !== null || requestSuccess !== null,
      );
      const voice =
        !requests || rows.some(({ ttfaP95, turnSuccess }) => ttfaP95 !== null || turnSuccess !== null);
      const columns: Column[] = [
        { head: 'run' },
        { head: 'verdict' },
        { head: 'scenario' },
        { head: 'environment' },
        { head: 'started' },
        right('long'),
        right(requests ? 'users' : 'calls'),
        ...(voice ? ['ttfa p50', 'ttfa p95', 'barge-in p95', 'turns ok'].map(right) : []),
        ...(requests ? ['response p95', 'requests ok', 'requests/s'].map(right) : []),
        right('errors'),
        ...(compared ? [{ head: 'against the baseline' }] : []),
        { head: 'tags' },
      ];
      const cells = rows.map((row) => [
        row.id,
        stateText(row, terminal.style),
        truncate(
          (row.starred ? '★ ' : '') +
            printable(
              row.name === '' || row.name === row.scenario ? row.scenario : `${row.name} (${row.scenario})`,
            ),
          40,
        ),
        truncate(printable(row.environment), 24),
        localTime(row.startedAt),
        row.durationMs === null ? '–' : formatElapsed(row.durationMs),
        String(row.peakCalls),
        ...(voice
          ? [...[row.ttfaP50, row.ttfaP95, row.bargeInP95].map(formatMs), formatShare(row.turnSuccess)]
          : []),
        ...(requests
          ? [
              formatMs(row.requestP95),
              formatShare(row.requestSuccess),
              formatPerSecond(row.requestsPerSecond),
            ]
          : []),
        String(row.errors),
        ...(compared ? [againstText(row, terminal.style)] : []),
        truncate(printable(row.tags.join(' ')), 30),
      ]);
      terminal.out(formatTable(columns, cells, { head: terminal.style.dim }));
    }
    return exitCodes.passed;
  });
}

function recordingsOf(context: CliContext): RecordingStore {
  return recordingsIn(homeFolder({ env: context.env }));
}

function recordedText(recorded: readonly RecordedCall[]): string {
  const some = (calls: readonly RecordedCall[]) => {
    const count = new Set(calls.map(({ callId }) => callId)).size;
    return `${count} ${count === 1 ? 'call' : 'calls'}`;
  };
  const sound = recorded.filter(({ audio }) => audio);
  const silent = recorded.filter(({ audio }) => !audio);
  const incomplete = sound.filter((call) => call.incomplete !== null).length;
  const parts = [
    sound.length === 0 ? '' : `${some(sound)}${incomplete === 0 ? '' : ` (${incomplete} incomplete)`}`,
    silent.length === 0 ? '' : `messages of ${some(silent)} that failed or were slowest`,
  ];
  return parts.filter((part) => part !== '').join(' and ');
}

function originLines(detail: RunDetail, style: Style): string {
  const { row, origin, imported } = detail;
  const against = deltaText(row.delta, style);
  const foreign = isForeign(imported);
  const line = (name: string, text: string | null) =>
    text === null || text === '' ? '' : `  ${style.dim(name)} ${printable(text)}\n`;
  return [
    line('run        ', row.id),
    line('name       ', row.name === row.scenario ? null : row.name),
    line(
      'started    ',
      foreign
        ? localTime(row.startedAt)
        : `${localTime(row.startedAt)} on ${origin.host} (${origin.os}, ${origin.cpus} cores) by ${origin.user}`,
    ),
    line(
      'program    ',
      foreign
        ? null
        : `${origin.version}, ${origin.door}${origin.gitCommit === null ? '' : `, commit ${origin.gitCommit}`}`,
    ),
    line(
      'imported   ',
      imported === null
        ? null
        : `${localTime(imported.importedAt)} from ${sourceNames[imported.source]}: ${imported.files.join(', ')}`,
    ),
    ...(imported?.missing ?? []).map((sentence) => line('missing    ', sentence)),
    line('CI         ', origin.ciUrl),
    line('tags       ', row.tags.join(' ')),
    line(
      'marked     ',
      [row.starred ? 'starred' : '', row.isBaseline ? 'baseline' : ''].filter(Boolean).join(', '),
    ),
    line('applied    ', detail.applied.join('; ')),
    against === null ? '' : `  ${style.dim('baseline   ')} ${against}\n`,
    line('note       ', detail.note),
    ...detail.markers.map(({ t, text }) => line('marker     ', `${formatElapsed(t * 1000)} ${text}`)),
    ...detail.notices.map((notice) => line('notice     ', notice)),
  ].join('');
}

/** `crosstalk runs show RUN` */
export function showRun(run: string, options: RunsShowOptions, context: CliContext): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    const { terminal } = context;
    const { id } = await findRun(history, run);
    const detail = must(await history.get(id));
    const errors = must(await history.errors(id));
    const recordings = recordingsOf(context);
    const recorded = must(await recordings.list(id, detail.row.state === 'running'));
    if (options.json === true) {
      printJson(terminal, { ...detail, errors, recordings: recorded });
      return exitCodes.passed;
    }
    const examples = new Map(errors.map((group) => [group.kind, group.example]));
    const { row, summary } = detail;
    if (summary !== null)
      terminal.out(resultText(summary, { style: terminal.style, examples, imported: detail.imported }));
    else {
      terminal.out(
        `${stateText(row, terminal.style)}  ${printable(`${row.scenario} · ${row.environment}`)}\n\n`,
      );
      if (row.state === 'cut_off') {
        terminal.out(
          '  The program that ran it ended before the run did; what it had written until then is kept.\n',
        );
      }
      const response =
        row.requestP95 === null
          ? ''
          : `response p95 ${formatMs(row.requestP95)}, requests ok ${formatShare(row.requestSuccess)}, `;
      const numbers = `${response}ttfa p50 ${formatMs(row.ttfaP50)} p95 ${formatMs(row.ttfaP95)}, barge-in p95 ${formatMs(row.bargeInP95)}, turns ok ${formatShare(row.turnSuccess)}, ${row.errors} errors`;
      terminal.out(`  ${numbers}\n`);
    }
    const table = await requestTables(history, detail, terminal.style);
    if (table !== '') terminal.out(`\n${table}`);
    terminal.out(`\n${originLines(detail, terminal.style)}`);
    if (recorded.length > 0)
      terminal.out(
        `  ${terminal.style.dim('recorded   ')} ${recordedText(recorded)} in ${recordings.folderOf(id)}\n`,
      );
    return exitCodes.passed;
  });
}
