/** A check from the address to an interrupted answer: of a bare URL, of an environment, or of everything a scenario aims at. */
import type { CheckedTarget } from '#contract/checks';
import { CrosstalkError, fail, ok, toAppError, type Result } from '#contract/errors';
import { practiceEnvironment, protocolOf } from '#contract/scenario/environment';
import { maskUrl } from '#contract/secrets';
import type { PlanTarget, PlanVoiceUsers, RunPlan } from '#engine/plan';
import { createAcsAdapter } from '#engine/protocols/acs';
import { adapters } from '#engine/protocols/registry';
import { aimAt, type RunAim } from '../environments/aim.ts';
import { connectTarget } from '../environments/connect.ts';
import { resolveEnvironment } from '../environments/resolve.ts';
import { readValues, textsIn } from '../environments/values.ts';
import { launchPractice, type PracticeAgent } from '../practice/launcher.ts';
import { practiceScenario, prepareRun, type PreparedRun, type RunOverrides } from '../scenarios/index.ts';
import { workspaceOf } from '../scenarios/prepare.ts';
import { interrupts } from './call.ts';
import { tokenRemark } from './credentials.ts';
import { healthOf, type AskHealth } from './health.ts';
import { checkOne, type CheckReporting, type TargetSubject } from './oneTarget.ts';
import { checkService, type ServiceSubject } from './services/index.ts';
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

/** Checks an address: a service is asked once, an agent is spoken to with the bundled conversation. Fails when that cannot be prepared. */
export function checkUrl(
  url: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  const tls = { verify: true, ca: null };
  const protocol = protocolOf(url);
  const target: PlanTarget = { url, shownUrl: maskUrl(url), protocol, headers: {}, tls };
  if (protocol !== 'acs') {
    const service: ServiceSubject = {
      target,
      user: '',
      timeoutMs: bareTimeoutMs,
      health: null,
      credentials: null,
      users: null,
    };
    return outcome(async () => [await checkService(service, reporting)]);
  }
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

/** Checks every target of an environment: services are asked once, agents are spoken to with the bundled conversation. Errors: as `resolveEnvironment`, and of preparing. */
export function checkEnvironment(
  name: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  if (name === practiceEnvironment) return checkScenario(practiceScenario(), overrides, reporting);
  return outcome(async () => {
    const places = { scenarioFolder: null, workspace: workspaceOf(overrides) };
    const { environment, folder } = must(
      await untilCancelled(resolveEnvironment(name, places), reporting.signal),
    );
    const sources = {
      env: overrides.environmentVariables ?? process.env,
      secrets: overrides.secrets ?? null,
    };
    const aim = aimAt(environment, { label: name, folder, sources });
    const checked: CheckedTarget[] = [];
    const health: AskHealth | null = healthOf(aim);
    for (const [target, written] of Object.entries(environment.targets)) {
      const values = await readValues(textsIn(written), environment.variables, sources);
      const service = await connectTarget(target, written, { folder, values });
      if (service.ok && service.value.protocol !== 'acs') {
        const subject = {
          target: service.value,
          user: target,
          timeoutMs: bareTimeoutMs,
          health,
          credentials: await credentialsOf(aim),
          users: null,
        };
        checked.push(await checkService(subject, reporting));
        continue;
      }
      const set = [...(overrides.set ?? []), `users[0].target=${JSON.stringify(target)}`];
      const prepared = await prepare(practiceScenario(), { ...overrides, env: name, set }, reporting);
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
      return await checkPrepared(prepared, agent, reporting);
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
  practice: Pick<PracticeAgent, 'url' | 'services'> | null,
  reporting: CheckReporting,
): Promise<CheckedTarget[]> {
  const plan = must(
    await prepared.buildPlan({
      runId,
      practiceUrl: practice?.url ?? null,
      practiceServices: practice?.services ?? null,
    }),
  );
  const health = healthOf(prepared.aim);
  const checked: CheckedTarget[] = [];
  const seen = new Set<string>();
  for (const user of plan.users) {
    const key = JSON.stringify(user.target);
    if (seen.has(key)) continue;
    seen.add(key);
    if (user.kind === 'voice')
      checked.push(await checkOne(await subjectOf(prepared, plan, user, health), reporting));
    else {
      const subject: ServiceSubject = {
        target: user.target,
        user: user.name,
        timeoutMs: user.connectTimeoutMs,
        health,
        credentials: await credentialsOf(prepared.aim, prepared.plannedMs),
        users: { plan, users: user },
      };
      checked.push(await checkService(subject, reporting));
    }
  }
  return checked;
}

/** What is known of the tokens before they are used; null: nothing to say. */
async function credentialsOf(aim: Pick<RunAim, 'tokens'>, plannedMs = 0): Promise<string | null> {
  const tokens = await aim.tokens();
  return tokens.ok ? tokenRemark(tokens.value, plannedMs) : null;
}

async function subjectOf(
  prepared: PreparedRun,
  plan: RunPlan,
  user: PlanVoiceUsers,
  health: AskHealth | null,
): Promise<TargetSubject> {
  return {
    target: user.target,
    user: user.name,
    adapter: adapters.acs(plan.audio, user.markers),
    timeoutMs: user.timeouts.connect,
    health,
    credentials: await credentialsOf(prepared.aim, prepared.plannedMs),
    speaker: () => Promise.resolve({ plan, user }),
    mustStop: interrupts,
  };
}
