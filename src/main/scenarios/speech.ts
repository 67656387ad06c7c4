/** Every clip of a scenario: found, read once, or spoken when it is missing. */
import type { PlanClip } from '#engine/plan';
import type { AppError } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import type { ScenarioFile } from '#contract/scenario/file';
import { conversationsIn } from '#contract/scenario/users';
import { Gathering, type SpeechSources, type SpokenTurn } from './gathering.ts';

export type { SpeechSources, SpokenTurn } from './gathering.ts';

export interface ScenarioSpeech {
  clips: PlanClip[];
  /** By users entry, then conversation. */
  turns: SpokenTurn[][][];
  problems: ValueProblem[];
  /** Not the scenario's fault: a voice broke, or cannot be reached. */
  failure: AppError | null;
}

/** Gathers the audio of a scenario in the wire's format. Problems carry the path of the turn they belong to. */
export async function gatherSpeech(file: ScenarioFile, sources: SpeechSources): Promise<ScenarioSpeech> {
  const gathering = new Gathering(sources, {
    sampleRate: file.audio.sample_rate,
    frameMs: file.audio.chunk,
    maxFrames: file.audio.max_chunks,
    speechLevel: file.audio.speech_level,
  });
  const turns: SpokenTurn[][][] = [];
  for (const [i, user] of file.users.entries()) {
    const ofUser: SpokenTurn[][] = [];
    for (const [j, conversation] of conversationsIn(user).entries()) {
      const path = ['users', i, 'conversations', j];
      const spoken: SpokenTurn[] = [];
      if (conversation.clips !== undefined)
        spoken.push(...(await gathering.folder(conversation.clips, [...path, 'clips'])));
      for (const [k, turn] of (conversation.turns ?? []).entries()) {
        spoken.push(gathering.turn(turn, k, conversation, [...path, 'turns', k]));
      }
      ofUser.push(spoken);
    }
    turns.push(ofUser);
  }
  await gathering.make();
  return { clips: gathering.clips, turns, problems: gathering.problems, failure: gathering.failure };
}
