/** `crosstalk runs export RUN`: files of a run that is kept. */
import { historySource } from '../../reports/source.ts';
import { sayError, type CliContext } from '../context.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { printable } from '../terminal/text.ts';
import { asksForOutput, outputOptions, type OutputPaths } from './outputs.options.ts';
import { RunOutputs } from './run.outputs.ts';
import { findRun, withHistory } from './runs.ts';

/** Writes what was asked for; what could not be written is said and exits with 1. */
export function exportRun(run: string, paths: OutputPaths, context: CliContext): Promise<ExitCode> {
  if (!asksForOutput(paths))
    throw usage(`Say what to write: ${outputOptions.map(({ flag }) => flag).join(', ')}.`);
  return withHistory(context, async (history) => {
    const { id } = await findRun(history, run);
    const outputs = must(RunOutputs.open(paths));
    try {
      const failures = await outputs.writeAll(await historySource(history, id));
      for (const failure of failures) sayError(context.terminal, failure);
      if (failures.length > 0) return exitCodes.unexpected;
    } finally {
      outputs.discard();
    }
    const written = outputs.paths.map(printable).join(', ');
    context.terminal.say(`Run ${id}: wrote ${written}.`);
    return exitCodes.passed;
  });
}
