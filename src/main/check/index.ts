/** A check of a target from its address to one answered turn: of a bare URL, or of everything a scenario aims at. */
import { createAcsAdapter } from '#engine/protocols/acs';
import { adapters } from '#engine/protocols/registry';
import { createEngine } from '#engine/engine';
import { fail, ok, type Result } from '#contract/errors';
import { maskUrl } from '#contract/secrets';
import type { PlanUsers, RunPlan } from '#engine/plan';
import { entry } from '../entries.ts';
import { launchPractice } from '../practice/launcher.ts';
import { practiceScenario, prepareRun, type PreparedRun, type RunOverrides } from '../scenarios/index.ts';
import { skipped, type CheckStep, type OnStep } from './steps.ts';
import { checkTarget } from './target.ts';
import { checkTurn, oneTurnPlan } from './turn.ts';

/** What was found out about one target. */
export interface CheckedTarget {
  /** Secrets in it are masked. */
  url: string;
  /** The users entry of the scenario that aims at it. */
  user: string;
  passed: boolean;
  steps: CheckStep[];
}

export interface CheckReporting {
  signal: AbortSignal;
  onTarget(heading: string): void;
  onStep: OnStep;
}

/** The conversation a bare address is spoken to with. */
const bundledConversation = 'quick_question';
const runId = 'check';
/** Of the protocol's own choosing; only the set-up is sent, no audio. */
const setUpAudio = { sampleRate: 16_000, frameMs: 20, audibleLevel: -50 };
const bareTimeoutMs = 10_000;

async function spokenTo(
  plan: RunPlan,
  user: PlanUsers,
  { signal, onStep }: CheckReporting,
): Promise<CheckStep[]> {
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  try {
    return await checkTurn(engine, oneTurnPlan(plan, user), signal, onStep);
  } finally {
    await engine.close();
  }
}

function notReached(onStep: OnStep): CheckStep[] {
  const steps = [skipped('turn', 'not reached'), skipped('answer', 'not reached')];
  for (const step of steps) onStep(step);
  return steps;
}

const anyFailed = (steps: readonly CheckStep[]) => steps.some((step) => step.status === 'failed');

/** Checks an address, speaking the bundled conversation to it. Fails when that conversation cannot be read. */
export async function checkUrl(
  url: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  const shown = maskUrl(url);
  reporting.onTarget(shown);
  const adapter = createAcsAdapter(setUpAudio, { response: [], end: [] });
  const target = { url, headers: {}, tls: { verify: true, ca: null } };
  const steps = await checkTarget(target, { adapter, timeoutMs: bareTimeoutMs, onStep: reporting.onStep });
  const done = (user: string) => ok([{ url: shown, user, passed: !anyFailed(steps), steps }]);
  if (anyFailed(steps) || reporting.signal.aborted) {
    steps.push(...notReached(reporting.onStep));
    return done('');
  }
  const prepared = await prepareRun(practiceScenario(), { ...overrides, urls: { default: url } });
  if (!prepared.ok) return prepared;
  const plan = await prepared.value.buildPlan({ runId, practiceUrl: null });
  if (!plan.ok) return plan;
  const [user] = plan.value.users;
  if (user === undefined) return fail('internal', 'no_users', 'The bundled scenario has no users.');
  const wanted = user.conversations.filter((conversation) => conversation.name === bundledConversation);
  const speaker = wanted.length > 0 ? { ...user, conversations: wanted } : user;
  steps.push(...(await spokenTo(plan.value, speaker, reporting)));
  return done(user.name);
}

/** Checks every target the users of a scenario aim at; starts the practice agent when it aims there. */
export async function checkScenario(
  path: string,
  overrides: RunOverrides,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  const prepared = await prepareRun(path, overrides);
  if (!prepared.ok) return prepared;
  if (!prepared.value.needsPractice) return checkPrepared(prepared.value, null, reporting);
  const { file, seed } = prepared.value;
  const config = {
    seed,
    sample_rate: file.audio.sample_rate,
    speech_level: `${file.audio.speech_level}dBFS`,
  };
  const agent = await launchPractice(overrides.processes, { config });
  if (!agent.ok) return agent;
  try {
    return await checkPrepared(prepared.value, agent.value.url, reporting);
  } finally {
    await agent.value.close();
  }
}

async function checkPrepared(
  prepared: PreparedRun,
  practiceUrl: string | null,
  reporting: CheckReporting,
): Promise<Result<CheckedTarget[]>> {
  const plan = await prepared.buildPlan({ runId, practiceUrl });
  if (!plan.ok) return plan;
  const checked: CheckedTarget[] = [];
  const seen = new Set<string>();
  for (const user of plan.value.users) {
    const key = JSON.stringify(user.target);
    if (seen.has(key) || reporting.signal.aborted) continue;
    seen.add(key);
    checked.push(await checkUser(plan.value, user, reporting));
  }
  return ok(checked);
}

async function checkUser(plan: RunPlan, user: PlanUsers, reporting: CheckReporting): Promise<CheckedTarget> {
  const { target, timeouts, markers } = user;
  const url = target.shownUrl;
  reporting.onTarget(`${user.name} → ${url}`);
  const adapter = adapters[target.protocol](plan.audio, markers);
  const steps = await checkTarget(target, { adapter, timeoutMs: timeouts.connect, onStep: reporting.onStep });
  const reachable = !anyFailed(steps) && !reporting.signal.aborted;
  steps.push(...(reachable ? await spokenTo(plan, user, reporting) : notReached(reporting.onStep)));
  return { url, user: user.name, passed: !anyFailed(steps), steps };
}
