/** A check from the address to an interrupted answer: of a bare URL, of an environment, or of everything a scenario aims at. */
import type { CheckedTarget } from '#contract/checks';
import { CrosstalkError, fail, ok, toAppError, type Result } from '#contract/errors';
import { practiceEnvironment } from '#contract/scenario/environment';
import { maskUrl } from '#contract/secrets';
import type { PlanTarget, PlanVoiceUsers, RunPlan } from '#engine/plan';
import { createAcsAdapter } from '#engine/protocols/acs';
import { adapters } from '#engine/protocols/registry';
import { resolveEnvironment } from '../environments/resolve.ts';
import { launchPractice, type PracticeAgent } from '../practice/launcher.ts';
import { practiceScenario, prepareRun, type PreparedRun, type RunOverrides } from '../scenarios/index.ts';
import { workspaceOf } from '../scenarios/prepare.ts';
import { interrupts } from './call.ts';
import { tokenRemark } from './credentials.ts';
import { healthOf, type AskHealth } from './health.ts';
import { checkOne, type CheckReporting, type TargetSubject } from './oneTarget.ts';
import { CheckCancelled, untilCancelled } from './steps.ts';

export type { CheckReporting } from './oneTarget.ts';
export { CheckCancelled } from './steps.ts';

/** The conversation that addresses and environments are spoken to with. */
const bundledConversation = 'quick_question';
const runId = 'check';
/** Of the protocol's own choosing; only the set-up is sent, no audio. */
const setUpAudio = { sampleRate: 16_000, frameMs: 20, audibleLevel: -50 };
const bareTimeoutMs = 10_000;

/** An error of the application on its way out through code that can only throw. */
function must<T>(result: Result<T>): T {
  if (!result.ok) throw new CrosstalkError(result.error);
  return result.value;
}

/** What was found, or why nothing could be; `CheckCancelled` is thrown on. */
async function outcome(work: () => Promise<CheckedTarget[]>): Promise<Result<CheckedTarget[]>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof CheckCancelled) throw error;
    return { ok: false, error: toAppError(error) };
  }
}

/** Reads and speaks what is to be said; given up with the check. */
async function prepare(
  path: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<PreparedRun> {
  const { signal } = reporting;
  reporting.onDoing?.('Preparing the conversation');
  return must(await untilCancelled(prepareRun(path, { ...overrides, signal }), signal));
}

/** The plan's first users entry, saying the bundled conversation. */
function bundledSpeaker(plan: RunPlan): { plan: RunPlan; user: PlanVoiceUsers } {
  const user = plan.users.find((one) => one.kind === 'voice');
  if (user === undefined) return must(fail('internal', 'no_users', 'The bundled scenario has no users.'));
  const wanted = user.conversations.filter((conversation) => conversation.name === bundledConversation);
  return { plan, user: wanted.length > 0 ? { ...user, conversations: wanted } : user };
}

/** Checks an address, speaking the bundled conversation to it. Fails when that cannot be prepared. */
export function checkUrl(
  url: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  const tls = { verify: true, ca: null };
  const target: PlanTarget = { url, shownUrl: maskUrl(url), protocol: 'acs', headers: {}, tls };
  const subject: TargetSubject = {
    target,
    user: '',
    adapter: createAcsAdapter(setUpAudio, { response: [], end: [] }),
    timeoutMs: bareTimeoutMs,
    health: null,
    credentials: null,
    async speaker() {
      const prepared = await prepare(practiceScenario(), { ...overrides, urls: { default: url } }, reporting);
      return bundledSpeaker(must(await prepared.buildPlan({ runId, practiceUrl: null })));
    },
    mustStop: () => false,
  };
  return outcome(async () => [await checkOne(subject, reporting)]);
}

/** Checks every target of an environment, speaking the bundled conversation. Errors: as `resolveEnvironment`, and of preparing. */
export function checkEnvironment(
  name: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  if (name === practiceEnvironment) return checkScenario(practiceScenario(), overrides, reporting);
  return outcome(async () => {
    const places = { scenarioFolder: null, workspace: workspaceOf(overrides) };
    const { environment } = must(await untilCancelled(resolveEnvironment(name, places), reporting.signal));
    const checked: CheckedTarget[] = [];
    let health: AskHealth | null | undefined;
    for (const target of Object.keys(environment.targets)) {
      const set = [...(overrides.set ?? []), `users[0].target=${JSON.stringify(target)}`];
      const prepared = await prepare(practiceScenario(), { ...overrides, env: name, set }, reporting);
      health ??= healthOf(prepared.aim);
      const plan = must(await prepared.buildPlan({ runId, practiceUrl: null }));
      const speaker = bundledSpeaker(plan);
      const subject = await subjectOf(prepared, speaker.plan, speaker.user, health);
      checked.push(await checkOne({ ...subject, user: target, mustStop: () => false }, reporting));
    }
    return checked;
  });
}

/** Checks every target the users of a scenario aim at; starts the practice agent when it aims there. */
export function checkScenario(
  path: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  return outcome(async () => {
    const prepared = await prepare(path, overrides, reporting);
    if (!prepared.needsPractice) return checkPrepared(prepared, null, reporting);
    const agent = await startPractice(prepared, overrides, reporting);
    try {
      return await checkPrepared(prepared, agent.url, reporting);
    } finally {
      const closed = agent.close();
      if (reporting.signal.aborted) closed.catch(() => undefined);
      else await closed;
    }
  });
}

async function startPractice(
  { file, seed }: PreparedRun,
  { processes }: RunOverrides,
  reporting: CheckReporting,
): Promise<PracticeAgent> {
  const { signal } = reporting;
  reporting.onDoing?.('Starting the practice agent');
  const { sample_rate, speech_level } = file.audio;
  const config = { seed, sample_rate, speech_level: `${speech_level}dBFS` };
  const launching = launchPractice(processes, { config });
  return untilCancelled(launching.then(must), signal).catch((error: unknown) => {
    // One that was given up is ended as soon as it has started.
    void launching.then((late) => (late.ok ? late.value.close() : undefined)).catch(() => undefined);
    throw error;
  });
}

async function checkPrepared(
  prepared: PreparedRun,
  practiceUrl: string | null,
  reporting: CheckReporting,
): Promise<CheckedTarget[]> {
  const plan = must(await prepared.buildPlan({ runId, practiceUrl }));
  const health = healthOf(prepared.aim);
  const checked: CheckedTarget[] = [];
  const seen = new Set<string>();
  for (const user of plan.users) {
    if (user.kind !== 'voice') continue;
    const key = JSON.stringify(user.target);
    if (seen.has(key)) continue;
    seen.add(key);
    checked.push(await checkOne(await subjectOf(prepared, plan, user, health), reporting));
  }
  return checked;
}

async function subjectOf(
  prepared: PreparedRun,
  plan: RunPlan,
  user: PlanVoiceUsers,
  health: AskHealth | null,
): Promise<TargetSubject> {
  const tokens = await prepared.aim.tokens();
  return {
    target: user.target,
    user: user.name,
    adapter: adapters.acs(plan.audio, user.markers),
    timeoutMs: user.timeouts.connect,
    health,
    credentials: tokens.ok ? tokenRemark(tokens.value, prepared.plannedMs) : null,
    speaker: () => Promise.resolve({ plan, user }),
    mustStop: interrupts,
  };
}
