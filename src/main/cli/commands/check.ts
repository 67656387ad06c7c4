/** `crosstalk check`: a target, step by step. */
import type { CheckStep } from '../../check/steps.ts';
import { checkScenario, checkUrl, type CheckedTarget } from '../../check/index.ts';
import { nodeProcessHost } from '../../processes/nodeHost.ts';
import { workspaceCache } from '../application.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { checkStepText } from '../terminal/checkSteps.ts';
import { printable } from '../terminal/text.ts';
import { withVoices } from '../voices.ts';
import type { CheckCommandOptions } from './check.options.ts';

const urlLike = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Ends with 0 when every step of every target passed, otherwise with 99. */
export async function check(
  what: string,
  options: CheckCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const isUrl = urlLike.test(what);
  if (isUrl && options.env !== undefined)
    throw usage('--env chooses an environment for a scenario; it says nothing about a URL.');
  const abort = new AbortController();
  const release = context.interrupts.listen(() => abort.abort());
  const quiet = options.json === true;
  try {
    const reporting = {
      signal: abort.signal,
      onTarget: (heading: string) =>
        quiet ? undefined : terminal.out(`${terminal.style.bold(printable(heading))}\n`),
      onStep: (step: CheckStep) => (quiet ? undefined : terminal.out(checkStepText(step, terminal.style))),
    };
    const overrides = {
      env: options.env,
      environmentVariables: isUrl || options.ignoreEnv === true ? null : context.env,
      workspaceCache: workspaceCache(context),
      processes: nodeProcessHost,
      onProgress: (text: string) => terminal.say(printable(text)),
    };
    const targets = await withVoices(context, async (voices) =>
      must(await (isUrl ? checkUrl : checkScenario)(what, { ...overrides, voices }, reporting)),
    );
    if (abort.signal.aborted) {
      terminal.say('Interrupted.');
      return exitCodes.aborted;
    }
    const passed = targets.every((target) => target.passed);
    if (quiet) printJson(terminal, { passed, targets: targets.map(rounded) });
    else terminal.out(`${verdict(targets, passed)}\n`);
    return passed ? exitCodes.passed : exitCodes.failed;
  } finally {
    release();
  }
}

/** Times to the microsecond. */
function rounded(target: CheckedTarget): CheckedTarget {
  const steps = target.steps.map((step) => ({
    ...step,
    ms: step.ms === null ? null : Math.round(step.ms * 1000) / 1000,
  }));
  return { ...target, steps };
}

function verdict(targets: readonly CheckedTarget[], passed: boolean): string {
  if (passed) return targets.length > 1 ? 'Every target can be called.' : 'The target can be called.';
  return targets.length > 1 ? 'Not every target can be called.' : 'The target cannot be called as it is.';
}
