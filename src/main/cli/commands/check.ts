/** `crosstalk check`: a target, step by step. */
import type { CheckedTarget, CheckStep } from '#contract/checks';
import type { Result } from '#contract/errors';
import {
  CheckCancelled,
  checkEnvironment,
  checkScenario,
  checkUrl,
  type CheckReporting,
} from '../../check/index.ts';
import { nodeProcessHost } from '../../processes/nodeHost.ts';
import type { RunOverrides } from '../../scenarios/index.ts';
import { workspaceCache, workspaceFolder } from '../application.ts';
import { printJson, type CliContext } from '../context.ts';
import { keptSecrets } from '../secrets.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { checkStepText } from '../terminal/checkSteps.ts';
import { printable } from '../terminal/text.ts';
import { withVoices } from '../voices.ts';
import { openFrameFile } from './check.frames.ts';
import type { CheckCommandOptions } from './check.options.ts';

const urlLike = /^[a-z][a-z0-9+.-]*:\/\//i;

type Make = (overrides: RunOverrides, reporting: CheckReporting) => Promise<Result<CheckedTarget[]>>;

/** What the command line asks for. */
function asked(what: string | undefined, { env, ignoreEnv }: CheckCommandOptions) {
  if (what === undefined) {
    if (env === undefined)
      throw usage(
        'Say what to check: a scenario, the address of an agent, or an environment with --env NAME.',
      );
    const make: Make = (overrides, reporting) => checkEnvironment(env, overrides, reporting);
    return { make, originalTool: false };
  }
  const isUrl = urlLike.test(what);
  if (isUrl && env !== undefined)
    throw usage('--env chooses an environment for a scenario; it says nothing about a URL.');
  const make: Make = isUrl
    ? (overrides, reporting) => checkUrl(what, overrides, reporting)
    : (overrides, reporting) => checkScenario(what, { ...overrides, env }, reporting);
  return { make, originalTool: !isUrl && ignoreEnv !== true };
}

/** Ends with 0 when every step of every target passed, otherwise with 99. */
export async function check(
  what: string | undefined,
  options: CheckCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const { make, originalTool } = asked(what, options);
  const quiet = options.json === true;
  const frames = options.log === undefined ? null : must(openFrameFile(options.log));
  const abort = new AbortController();
  const release = context.interrupts.listen(() => abort.abort());
  try {
    const reporting: CheckReporting = {
      signal: abort.signal,
      onTarget: ({ url, user }) => {
        frames?.target(url);
        const heading = user === '' ? url : `${user} → ${url}`;
        if (!quiet) terminal.out(`${terminal.style.bold(printable(heading))}\n`);
      },
      onStep: (step: CheckStep) => {
        if (!quiet) terminal.out(checkStepText(step, terminal.style, options.verbose));
      },
      onFrames: (more) => frames?.add(more),
    };
    const overrides: RunOverrides = {
      environmentVariables: originalTool ? context.env : null,
      workspace: workspaceFolder(context),
      workspaceCache: workspaceCache(context),
      processes: nodeProcessHost,
      secrets: keptSecrets(context),
      onProgress: (text: string) => terminal.say(printable(text)),
    };
    const targets = await withVoices(context, async (voices) =>
      must(await make({ ...overrides, voices }, reporting)),
    );
    const passed = targets.every((target) => target.passed);
    if (quiet) printJson(terminal, { passed, targets: targets.map(rounded) });
    else terminal.out(`${verdict(targets, passed)}\n`);
    if (frames !== null) terminal.say(must(frames.end()));
    return passed ? exitCodes.passed : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof CheckCancelled) && !abort.signal.aborted) throw error;
    terminal.say('Interrupted.');
    return exitCodes.aborted;
  } finally {
    frames?.close();
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
  const talksOn = targets.some(
    (target) => target.passed && target.steps.some((step) => step.status === 'failed'),
  );
  const but = talksOn ? ' It cannot be interrupted, though.' : '';
  if (passed)
    return `${targets.length > 1 ? 'Every target can be called.' : 'The target can be called.'}${but}`;
  return targets.length > 1 ? 'Not every target can be called.' : 'The target cannot be called as it is.';
}
