/** From a checked scenario and its speech to what the engine runs. */
import type { ScenarioFile, VoiceUser } from '#contract/scenario/file';
import { loadsOf } from '#contract/scenario/load';
import type { PlanConversation, PlanTarget, PlanTurn, PlanVoiceUsers, RunPlan } from '#engine/plan';
import type { RequestPlans } from './requests/index.ts';
import type { ResolvedTargets } from './targets.ts';
import { thresholdsFor } from './latency.ts';
import type { ScenarioSpeech, SpokenTurn } from './speech.ts';

export interface PlanParts {
  runId: string;
  file: ScenarioFile;
  speech: ScenarioSpeech;
  requests: RequestPlans;
  targets: ResolvedTargets;
  environment: string;
  seed: number;
  workers: number | null;
  /** Share of calls that are recorded, 0–1. */
  record: number;
  applied: string[];
  /** A single run-through: everything of its requests is kept. */
  once: boolean;
}

function planTurn(spoken: SpokenTurn, user: VoiceUser, isFirst: boolean): PlanTurn {
  const bargeIn = spoken.turn?.barge_in;
  return {
    name: spoken.name,
    clip: spoken.clip,
    pauseBeforeMs: spoken.turn?.pause_before ?? (isFirst ? 0 : user.pause_between_turns),
    timeouts: { ...user.timeouts, ...spoken.turn?.timeouts },
    bargeIn: bargeIn
      ? { afterMs: bargeIn.after, probability: bargeIn.probability, clip: spoken.bargeInClip }
      : null,
  };
}

/** A call with more turns than the conversation has is written out, so that only its very first turn begins without a pause. */
function planTurns(spoken: SpokenTurn[], user: VoiceUser): PlanTurn[] {
  const count = Math.max(spoken.length, user.turns_per_call ?? 0);
  return Array.from({ length: count }, (_, i) => spoken[i % spoken.length]).flatMap((turn, i) =>
    turn ? [planTurn(turn, user, i === 0)] : [],
  );
}

function planUsers(user: VoiceUser, turns: SpokenTurn[][], target: PlanTarget): PlanVoiceUsers {
  const conversations: PlanConversation[] = user.conversations.map((conversation, j) => ({
    name: conversation.name,
    weight: conversation.weight,
    turns: planTurns(turns[j] ?? [], user),
  }));
  return {
    kind: 'voice',
    name: user.name,
    weight: user.weight,
    target,
    conversations,
    turnsPerCall: user.turns_per_call ?? null,
    callsPerUser: user.calls_per_user === 'forever' ? null : user.calls_per_user,
    greeting: user.greeting,
    silence: user.silence,
    timeouts: user.timeouts,
    markers: user.markers,
    reconnect: { attempts: user.reconnect.attempts, backoffMs: user.reconnect.backoff },
    benignCloseCodes: user.benign_close_codes,
  };
}

/** Assembles the plan; every users entry has its target in `targets`. */
export function assemblePlan(parts: PlanParts): RunPlan {
  const { file, speech, requests, targets } = parts;
  return {
    runId: parts.runId,
    scenario: file.name,
    environment: parts.environment,
    seed: parts.seed,
    audio: {
      sampleRate: file.audio.sample_rate,
      frameMs: file.audio.chunk,
      speechLevel: file.audio.speech_level,
      audibleLevel: file.audio.audible_level,
    },
    clips: speech.clips,
    users: file.users.flatMap((user, i): RunPlan['users'] => {
      if (user.kind !== 'voice') {
        const made = requests.users.get(user);
        return made ? [made] : [];
      }
      const target = targets.of(user);
      return target ? [planUsers(user, speech.turns[i] ?? [], target)] : [];
    }),
    loads: loadsOf(file).map(({ load, profile, users, startAfterMs }) => ({
      executor: 'executor' in load ? load.executor : 'short',
      profile,
      users,
      startAfterMs,
    })),
    warmUpMs: file.warm_up,
    periods: file.periods,
    thresholds: thresholdsFor(file),
    steps: requests.steps,
    stages: requests.stages,
    secrets: [...new Set([...targets.secrets, ...requests.secrets])],
    ...(parts.once ? { keepAll: true } : {}),
    workers: parts.workers,
    record: parts.record,
    applied: parts.applied,
  };
}
