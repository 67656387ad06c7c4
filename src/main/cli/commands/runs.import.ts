/** `crosstalk runs import`: results of other tools, and exports of this one, into the history. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { resultKindNames } from '#contract/api/results';
import { diskReason } from '../../diskReason.ts';
import { cancelled, mostFiles, type Reading, type ResultFile } from '../../results/files.ts';
import { keepResults, lookAt } from '../../results/importResults.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { printable } from '../terminal/text.ts';
import { withHistory } from './runs.ts';

export interface RunsImportOptions {
  name?: string;
  scenario?: string;
  env?: string;
  json?: boolean;
}

async function fileAt(path: string): Promise<ResultFile> {
  const found = await stat(path).catch((thrown: unknown) => {
    throw usage(`${path} cannot be imported: ${diskReason(thrown)}.`);
  });
  if (!found.isFile()) throw usage(`${path} is not a file; give the files themselves.`);
  return { name: basename(path), path, bytes: found.size };
}

/** Imports the files as one run and says what they do not contain. */
export function importRuns(
  paths: readonly string[],
  options: RunsImportOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  if (paths.length > mostFiles)
    throw usage(`${paths.length} files were given; at most ${mostFiles} belong to one run.`);
  return withHistory(context, async (history) => {
    const files = await Promise.all(paths.map(fileAt));
    const cancel = new AbortController();
    const release = context.interrupts.listen(() => cancel.abort(cancelled()));
    const folder = await mkdtemp(join(tmpdir(), 'crosstalk-import-'));
    try {
      const reading: Reading = {
        signal: cancel.signal,
        folder,
        onProgress: (done) => terminal.show([`Reading ${Math.round(done * 100)} %`]),
      };
      const understood = must(await lookAt(files, reading));
      const kept = await keepResults(files, understood, {
        history,
        naming: { name: options.name, scenario: options.scenario, environment: options.env },
        context: { door: 'cli', files: files.map(({ name }) => name), now: new Date() },
        reading,
        onWriting: () => terminal.show(['Writing it into the history']),
      });
      terminal.show([]);
      if (!kept.ok && cancel.signal.aborted) {
        terminal.say('The import was cancelled; nothing of it is kept.');
        return exitCodes.aborted;
      }
      const outcome = must(kept);
      if (options.json === true) {
        printJson(terminal, outcome);
        return exitCodes.passed;
      }
      const { row, kind, missing, notes } = outcome;
      terminal.out(`${row.id}\n`);
      terminal.say(`${printable(row.name)} is in the history, from: ${resultKindNames[kind]}.`);
      for (const text of missing) terminal.say(`  ${terminal.sayStyle.yellow('missing')} ${printable(text)}`);
      for (const text of notes) terminal.say(`  ${terminal.sayStyle.dim('note   ')} ${printable(text)}`);
      return exitCodes.passed;
    } finally {
      release();
      terminal.show([]);
      await rm(folder, { recursive: true, force: true });
    }
  });
}
