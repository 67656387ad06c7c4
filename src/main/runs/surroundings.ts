/** What a run has around it while it goes on: the practice agent, a machine that stays awake, and the plan that is aimed there. */
import type { Publish } from '#contract/api/index';
import type { Result } from '#contract/errors';
import type { RunOrigin } from '#contract/run';
import type { RunPlan } from '#engine/plan';
import type { Capabilities } from '../capabilities.ts';
import type { launchPractice, PracticeAgent } from '../practice/launcher.ts';
import type { ProcessHost } from '../processes/host.ts';
import type { PreparedRun } from '../scenarios/index.ts';
import { findOrigin } from './origin.ts';

export interface SurroundingsOptions {
  processes: ProcessHost;
  capabilities: Capabilities;
  door: RunOrigin['door'];
  publish: Publish;
  launchPractice: typeof launchPractice;
}

export interface Surroundings {
  plan: RunPlan;
  origin: RunOrigin;
  /** Process id of the practice agent; null where there is none. */
  agentPid: number | null;
  /** The practice agent ended by itself, in words; never resolves where there is none. */
  agentDied: Promise<string>;
  /** Ends the agent and lets the machine sleep. Never rejects. */
  undo(): Promise<void>;
}

/** Puts them up, or nothing of them. Errors: those of the practice agent and of `buildPlan`. Rejects when the plan cannot be made at all. */
export async function surround(
  runId: string,
  prepared: PreparedRun,
  from: { scenarioFolder: string | null; commandLine: string | null },
  { processes, capabilities, door, publish, launchPractice: launch }: SurroundingsOptions,
): Promise<Result<Surroundings>> {
  let agent: PracticeAgent | null = null;
  if (prepared.needsPractice) {
    publish('runs', 'phase', { runId, phase: 'starting_agent', detail: 'Starting the practice agent' });
    const launched = await launch(processes, { config: practiceConfig(prepared) });
    if (!launched.ok) return launched;
    agent = launched.value;
  }
  const releaseSleep = capabilities.preventSleep();
  const undo = async () => {
    releaseSleep();
    await agent?.close().catch(() => undefined);
  };
  try {
    const [plan, origin] = await Promise.all([
      prepared.buildPlan({
        runId,
        practiceUrl: agent?.url ?? null,
        practiceServices: agent?.services ?? null,
      }),
      findOrigin(door, from.scenarioFolder, from.commandLine),
    ]);
    if (!plan.ok) {
      await undo();
      return plan;
    }
    const agentPid = agent?.pid ?? null;
    return { ok: true, value: { plan: plan.value, origin, agentPid, agentDied: deathOf(agent), undo } };
  } catch (thrown) {
    await undo();
    throw thrown;
  }
}

/** The practice agent hears what the scenario calls speech, at the scenario's rate; its randomness follows the run's seed. */
function practiceConfig({ file, seed }: PreparedRun) {
  return { seed, sample_rate: file.audio.sample_rate, speech_level: `${file.audio.speech_level}dBFS` };
}

function deathOf(agent: PracticeAgent | null): Promise<string> {
  if (agent === null) return new Promise(() => undefined);
  return agent.exited.then(({ code, stderr }) => {
    const last = stderr.trim().split('\n').at(-1) ?? '';
    const how = code === null ? 'it was killed' : `exit code ${code}`;
    return `The practice agent ended in the middle of the run (${how}${last === '' ? '' : `: ${last}`}); calls fail from here on.`;
  });
}
