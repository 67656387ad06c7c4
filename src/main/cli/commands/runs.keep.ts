/** What is said about kept runs, and keeping them: edit, delete, restore, prune, backup. */
import { resolve } from 'node:path';
import type { RunEdit } from '#contract/api/runs';
import type { RunRow } from '#contract/run';
import type { History } from '../../history/history.ts';
import { crosstalkHome, homeFolder } from '../../home.ts';
import { recordingsIn } from '../../recordings/store.ts';
import { backupPath } from '../../retention/backupPath.ts';
import { planPruning, pruneRuns } from '../../retention/pruning.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { formatTable, type Column } from '../terminal/table.ts';
import { localTime, printable, truncate } from '../terminal/text.ts';
import { findRun, withHistory } from './runs.ts';

export interface RunsPruneOptions {
  olderThan?: number;
  keep?: number;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}
export interface RunsEditOptions {
  name?: string;
  note?: string;
  tag?: string[];
  untag?: string[];
  star?: boolean;
  unstar?: boolean;
  baseline?: boolean;
}

/** Most rows of what goes that are shown one by one. */
const shown = 30;

function keptRuns(history: History, context: CliContext) {
  return { history, recordings: recordingsIn(homeFolder({ env: context.env })) };
}

/** `crosstalk runs prune --older-than 30d --keep 100` */
export function prune(options: RunsPruneOptions, context: CliContext): Promise<ExitCode> {
  const { olderThan = null, keep = null, dryRun = false, yes = false, json = false } = options;
  if (olderThan === null && keep === null)
    throw usage('Say which runs may go: --older-than 30d, --keep 100, or both.');
  return withHistory(context, async (history) => {
    const { terminal } = context;
    const kept = keptRuns(history, context);
    const plan = must(await planPruning(kept, { olderThanDays: olderThan, keepNewest: keep }));
    const bytes = plan.bytes + plan.recordingBytes;
    if (!json) {
      if (plan.runs.length > 0) terminal.out(planText(plan.runs, context));
      terminal.say(whatGoes(plan.runs.length, bytes, plan.kept));
    }
    if (dryRun || plan.runs.length === 0) {
      if (json) printJson(terminal, { ...plan, removed: 0 });
      return exitCodes.passed;
    }
    if (!yes && !(await confirmed(context, json))) {
      terminal.say('Nothing is removed.');
      return exitCodes.aborted;
    }
    const runIds = plan.runs.map((run) => run.id);
    const done = must(await pruneRuns(kept, runIds));
    if (json) printJson(terminal, { ...plan, removed: done.removed });
    else terminal.say(`${countRuns(done.removed)} removed; ${formatBytes(done.bytes)} are free again.`);
    return exitCodes.passed;
  });
}

const countRuns = (n: number) => `${n} ${n === 1 ? 'run is' : 'runs are'}`;

function whatGoes(runs: number, bytes: number, kept: number): string {
  const spared =
    kept === 0
      ? ''
      : ` ${kept} more ${kept === 1 ? 'stays because it is' : 'stay because they are'} starred or a baseline.`;
  if (runs === 0) return `No run goes by this rule.${spared}`;
  return `${runs} ${runs === 1 ? 'run goes' : 'runs go'} for good, about ${formatBytes(bytes)} with recordings.${spared}`;
}

function planText(rows: readonly RunRow[], { terminal }: CliContext): string {
  const columns: Column[] = [{ head: 'run' }, { head: 'started' }, { head: 'name' }, { head: 'environment' }];
  const cells = rows
    .slice(0, shown)
    .map((row) => [
      row.id,
      localTime(row.startedAt),
      truncate(printable(row.name === '' ? row.scenario : row.name), 40),
      truncate(printable(row.environment), 24),
    ]);
  const more = rows.length > shown ? `… and ${rows.length - shown} more\n` : '';
  return formatTable(columns, cells, { head: terminal.style.dim }) + more;
}

/** Asks at a terminal; elsewhere nobody can answer. */
async function confirmed(context: CliContext, json: boolean): Promise<boolean> {
  const { terminal, interrupts } = context;
  let answered: (key: string) => void = () => {};
  const answer = new Promise<string>((settle) => (answered = settle));
  const stopKeys = json ? null : context.onKey((key) => answered(key));
  if (stopKeys === null) throw usage('Add --yes to remove these runs, or --dry-run to only see them.');
  const stopInterrupts = interrupts.listen(() => answered(''));
  terminal.say('Press y to remove them, any other key to leave everything as it is.');
  try {
    return (await answer).toLowerCase() === 'y';
  } finally {
    stopKeys();
    stopInterrupts();
  }
}

/** `1.3 MB` */
function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[power] ?? 'B'}`;
}

/** `crosstalk runs backup [FILE]` */
export function backupRuns(file: string | undefined, context: CliContext): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    const { database } = must(crosstalkHome({ env: context.env }));
    const path = must(backupPath(database, file === undefined ? undefined : resolve(file)));
    const stop = new AbortController();
    const unlisten = context.interrupts.listen(() => stop.abort());
    try {
      const copied = await history.backup(path, () => {}, stop.signal);
      if (stop.signal.aborted) {
        context.terminal.say('The copy was cancelled; there is no file.');
        return exitCodes.aborted;
      }
      context.terminal.say(`The history is copied to ${path} (${formatBytes(must(copied))}).`);
      return exitCodes.passed;
    } finally {
      unlisten();
    }
  });
}

/** `crosstalk runs delete RUN` */
export function deleteRun(run: string, context: CliContext): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    if (run.trim().toLowerCase() === 'latest')
      throw usage('Give the id of the run to delete; "latest" is too easily another one.');
    const { id } = await findRun(history, run);
    must(await history.remove(id));
    context.terminal.say(
      `Run ${id} is deleted. Within a week it can be brought back: crosstalk runs restore ${id}`,
    );
    return exitCodes.passed;
  });
}

/** `crosstalk runs restore RUN` */
export function restoreRun(run: string, context: CliContext): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    const row = must(await history.restore(run.trim()));
    context.terminal.say(`Run ${row.id} (${printable(row.name)}) is back.`);
    return exitCodes.passed;
  });
}

/** `crosstalk runs edit RUN` */
export function editRun(run: string, options: RunsEditOptions, context: CliContext): Promise<ExitCode> {
  return withHistory(context, async (history) => {
    const row = await findRun(history, run);
    const { name, note, tag = [], untag = [], baseline } = options;
    if (options.star === true && options.unstar === true)
      throw usage('--star and --unstar contradict each other; give one of them.');
    const starred = options.star ?? (options.unstar === true ? false : undefined);
    const edit: RunEdit = {
      ...(name === undefined ? {} : { name }),
      ...(note === undefined ? {} : { note }),
      ...(starred === undefined ? {} : { starred }),
      ...(tag.length + untag.length === 0
        ? {}
        : { tags: [...new Set([...row.tags, ...tag])].filter((one) => !untag.includes(one)) }),
    };
    if (Object.keys(edit).length === 0 && baseline === undefined)
      throw usage(
        'Say what to change: --name, --note, --tag, --untag, --star, --unstar, --baseline or --no-baseline.',
      );
    let changed = must(await history.edit(row.id, edit));
    if (baseline !== undefined) changed = must(await history.setBaseline(row.id, baseline));
    const parts = [
      printable(changed.name),
      changed.starred ? 'starred' : '',
      changed.isBaseline ? `baseline of ${printable(`${changed.scenario} · ${changed.environment}`)}` : '',
      changed.tags.length === 0 ? '' : `tags ${printable(changed.tags.join(' '))}`,
    ];
    context.terminal.say(`Run ${row.id}: ${parts.filter((part) => part !== '').join(', ')}.`);
    return exitCodes.passed;
  });
}
