/** `crosstalk run`: one scenario, here, now. */
import { dirname, resolve } from 'node:path';
import type { Comparison } from '#contract/comparison';
import type { AppError } from '#contract/errors';
import { refusals } from '#contract/machine';
import type { BaselineDelta, RunSummary } from '#contract/run';
import type { ScenarioFile } from '#contract/scenario/file';
import { mayEndEarlier } from '#contract/scenario/load';
import { requestUsersOf, voiceUsersOf } from '#contract/scenario/users';
import type { RunEvidence } from '../../comparing/evidence.ts';
import type { History } from '../../history/history.ts';
import { readWebhook, type Webhook } from '../../notifications/address.ts';
import { nodeProcessHost } from '../../processes/nodeHost.ts';
import { historySource, type ReportSource } from '../../reports/source.ts';
import { summarisedSource } from '../../reports/summarised.ts';
import { summaryJson } from '../../reports/summaryJson.ts';
import { commandLineOf } from '../../runs/commandLine.ts';
import { prepareRun, type PreparedRun, type RunOverrides } from '../../scenarios/index.ts';
import { openApplication, workspaceCache, type OpenedApplication } from '../application.ts';
import { sayError, type CliContext } from '../context.ts';
import { exitCodeOfRun, exitCodes, usage, type ExitCode } from '../exit.ts';
import { StopRule, type InterruptSignal } from '../interrupts.ts';
import { must } from '../must.ts';
import { keptSecrets } from '../secrets.ts';
import { comparisonText } from '../terminal/comparison.ts';
import { deltaText } from '../terminal/delta.ts';
import type { RunKinds } from '../terminal/liveRun.ts';
import { resultText } from '../terminal/result.ts';
import { printable } from '../terminal/text.ts';
import { withVoices } from '../voices.ts';
import { compareEnded, readBaseline } from './run.baseline.ts';
import type { RunCommandOptions } from './run.options.ts';
import { tellGitHub } from './run.github.ts';
import { RunOutputs } from './run.outputs.ts';
import { UserKeys } from './run.users.ts';
import { RunWatch } from './run.watch.ts';

/** Runs the scenario; ends with the code of its verdict. */
export async function run(
  scenario: string,
  options: RunCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  if ((options.record ?? 0) > 0 && !options.history)
    throw usage('--record keeps calls beside the run in the history: leave out --no-history or --record.');
  const webhook = webhookOf(options, context);
  const prepared = await withVoices(context, async (voices) =>
    must(await prepareRun(scenario, { ...overridesOf(options, context), voices })),
  );
  for (const text of prepared.applied) context.terminal.say(`Applied: ${printable(text)}`);
  const baseline =
    options.baseline === undefined ? null : await readBaseline(options.baseline, prepared, context);
  const control = new RunControl(context, options.quiet === true);
  const release = context.interrupts.listen((signal) => control.signal(signal));
  try {
    const outputs = must(RunOutputs.open(options));
    try {
      return await withApplication({
        ...{ prepared, baseline, scenario, options, outputs, control, context },
        webhook,
      });
    } finally {
      outputs.discard();
    }
  } finally {
    release();
  }
}

/** The webhook of this command alone: `--webhook`, else CROSSTALK_WEBHOOK. */
function webhookOf({ webhook }: RunCommandOptions, { env }: CliContext): Webhook | null {
  const written = webhook ?? env.CROSSTALK_WEBHOOK?.trim() ?? '';
  return written === '' ? null : must(readWebhook(written));
}

function overridesOf(options: RunCommandOptions, context: CliContext): RunOverrides {
  const overrides: RunOverrides = {
    env: options.env,
    urls: options.url,
    users: options.users,
    spawnRate: options.spawnRate,
    durationMs: options.duration,
    set: options.set,
    seed: options.seed,
    record: options.record,
    once: options.once,
    watch: options.watch,
    secrets: keptSecrets(context),
    environmentVariables: options.ignoreEnv === true ? null : context.env,
    workspaceCache: workspaceCache(context),
    processes: nodeProcessHost,
  };
  if (options.workers !== undefined) overrides.workers = options.workers;
  if (options.quiet !== true) overrides.onProgress = (text) => context.terminal.say(printable(text));
  return overrides;
}

/** What was asked for, to be asked for again; where results were written is left out. */
function commandLine(scenario: string, options: RunCommandOptions): string {
  const { env, url, duration, tag, history, ...rest } = options;
  const asked = { ...rest, environment: env, urls: url, durationMs: duration, tags: tag };
  return commandLineOf({ ...asked, scenario: resolve(scenario), ...(history ? {} : { keep: false }) });
}

interface Task {
  prepared: PreparedRun;
  /** What the run is compared with; null: nothing. */
  baseline: RunEvidence | null;
  scenario: string;
  options: RunCommandOptions;
  outputs: RunOutputs;
  control: RunControl;
  context: CliContext;
  /** Told of the end; null: the one that is kept, if any. */
  webhook: Webhook | null;
}

/** Whether its users call, and whether they make requests. */
function kindsOf(file: ScenarioFile): RunKinds {
  return { voice: voiceUsersOf(file).length > 0, requests: requestUsersOf(file).length > 0 };
}

async function withApplication(task: Task): Promise<ExitCode> {
  const opened = await openApplication(task.context, {
    history: task.options.history,
    webhook: task.webhook,
  });
  try {
    return await execute(opened, task);
  } finally {
    await opened.application.close();
  }
}

async function execute({ application, keeps }: OpenedApplication, task: Task): Promise<ExitCode> {
  const { prepared, scenario, options, outputs, control, context } = task;
  const { terminal } = context;
  const quiet = options.quiet === true;
  const title = `${options.name ?? prepared.name} · ${prepared.environment}`;
  const { plannedMs, file } = prepared;
  const shown = { title, plannedMs, atMost: mayEndEarlier(file), quiet, kinds: kindsOf(file) };
  const watch = new RunWatch(terminal, shown, (batch) => outputs.add(batch));
  if (!quiet)
    terminal.say(
      prepared.needsPractice
        ? 'Starting the practice agent and the load generator …'
        : 'Starting the load generator …',
    );
  let releaseKeys: (() => void) | null = null;
  try {
    const starting = application.runs.start(prepared, {
      name: options.name,
      tags: options.tag ?? [],
      scenarioFolder: dirname(scenario),
      // Without a history it is kept in memory, for files that need its records.
      keep: options.history || outputs.needsRecords,
      force: options.force ?? [],
      confirm: options.confirm,
      commandLine: commandLine(scenario, options),
      listener: watch,
    });
    const started = await Promise.race([control.cancelled, starting]);
    if (started === 'cancelled') {
      terminal.say('Cancelled before the run began.');
      return exitCodes.aborted;
    }
    if (!started.ok && isRefusal(started.error)) {
      const refused = sayError(terminal, started.error);
      terminal.say(`       --force ${started.error.code} runs it all the same.`);
      return refused;
    }
    const current = must(started);
    const begun = application.runs.detail(current.runId);
    if (begun === undefined) throw new Error(`The run ${current.runId} is not known`);
    outputs.start(begun.clock);
    const users = new UserKeys(watch, (n) => application.runs.setUsers(current.runId, n));
    releaseKeys = quiet ? null : context.onKey((key) => users.press(key));
    watch.begin(releaseKeys !== null);
    control.begin({
      stop() {
        watch.stopping();
        application.runs.stop(current.runId);
      },
      abort: () => void application.runs.abort(current.runId),
    });
    const { outcome, recorded } = await current.finished;
    watch.end();
    const { baseline } = task;
    const row = current.row();
    const compared = baseline === null ? null : compareEnded(baseline, { row, outcome, prepared });
    const detail = application.runs.detail(current.runId) ?? begun;
    const end = {
      ...summarisedSource({ ...detail, row, summary: outcome.summary }, outcome, outputs.errors),
      compared,
    };
    const files = {
      end,
      records: async () => ({ ...(await historySource(application.history, current.runId)), compared }),
      delta: () => deltaOf(compared, application.history, current.runId),
    };
    return await report(outcome.summary, { compared, keeps, recorded: recorded.ok, watch, files, ...task });
  } finally {
    releaseKeys?.();
    watch.end();
  }
}

/** How it stands to the baseline it was compared with, asked for or marked as such. */
async function deltaOf(
  compared: Comparison | null,
  history: History,
  runId: string,
): Promise<BaselineDelta | null> {
  const [baseline, run] = compared?.runs ?? [];
  if (baseline !== undefined && run !== undefined)
    return {
      baselineId: baseline.row.id,
      ttfaP95: null,
      requestP95: null,
      verdict: run.verdict,
      sentence: run.sentence,
    };
  const kept = await history.row(runId);
  return kept.ok ? kept.value.delta : null;
}

/** Whether it is one that `--force` overrules. */
function isRefusal({ kind, code }: AppError): boolean {
  return kind === 'refused' && refusals.some((refusal) => refusal === code);
}

/** Turns signals into stopping and aborting. */
class RunControl {
  readonly #context: CliContext;
  readonly #quiet: boolean;
  readonly #rule = new StopRule();
  #run: { stop(): void; abort(): void } | null = null;
  #cancel: (answer: 'cancelled') => void = () => {};
  /** Settles when the run is given up before it began: there is nothing to keep yet. */
  readonly cancelled: Promise<'cancelled'>;

  constructor(context: CliContext, quiet: boolean) {
    this.#context = context;
    this.#quiet = quiet;
    this.cancelled = new Promise((resolve) => {
      this.#cancel = resolve;
    });
  }

  begin(run: { stop(): void; abort(): void }): void {
    this.#run = run;
  }

  signal(signal: InterruptSignal): void {
    if (this.#run === null) return this.#cancel('cancelled');
    switch (this.#rule.decide(signal, performance.now())) {
      case 'stop':
        this.#run.stop();
        if (!this.#quiet)
          this.#context.terminal.say('Stopping: what is going on may end. Ctrl-C again aborts.');
        break;
      case 'abort':
        this.#run.abort();
        if (!this.#quiet) this.#context.terminal.say('Aborting.');
        break;
      case 'nothing':
        break;
    }
  }
}

interface Ended {
  compared: Comparison | null;
  keeps: boolean;
  recorded: boolean;
  watch: RunWatch;
  /** What is known of its end, and where its records are. */
  files: {
    end: ReportSource;
    records: () => Promise<ReportSource>;
    delta: () => Promise<BaselineDelta | null>;
  };
}

async function report(summary: RunSummary, result: Task & Ended): Promise<ExitCode> {
  const { options, outputs, watch, context, compared, files } = result;
  const { terminal } = context;
  const delta = await files.delta();
  if (options.json === true) terminal.out(summaryJson(summary, compared));
  else {
    const review = reviewText(summary.run_id, result);
    const marked = deltaText(delta, terminal.style);
    const beside =
      compared !== null
        ? `${comparisonText(compared, terminal.style, { brief: true })}\n`
        : marked === null
          ? ''
          : `Against its baseline  ${marked}\n\n`;
    const text = resultText(summary, { style: terminal.style, examples: watch.examples });
    terminal.out(`${text}\n${beside}${review}\n`);
  }
  await tellGitHub(files.end, { json: options.json, delta }, context);
  const failures = await outputs.finish(files.end, files.records);
  for (const failure of failures) sayError(terminal, failure);
  const regressed = compared?.runs[1]?.verdict === 'regressed';
  const code = exitCodeOfRun(summary, regressed);
  return code === exitCodes.passed && failures.length > 0 ? exitCodes.unexpected : code;
}

/** Where to look at the run later, or why it cannot be. */
function reviewText(
  runId: string,
  result: { options: RunCommandOptions; keeps: boolean; recorded: boolean },
): string {
  if (!result.options.history) return 'The run was not kept (--no-history).';
  if (!result.keeps) return 'The run was not kept: the history could not be opened.';
  const review = `Review it: crosstalk runs show ${runId}, or in the app: npm start`;
  return result.recorded ? review : `${review}\nThe history does not have all of it yet.`;
}
