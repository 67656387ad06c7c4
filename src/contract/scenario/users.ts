/** Users of a scenario by their kind. Without schemas, so that screens can use it. */
import type { RequestUser, ScenarioFile, VoiceUser } from './file.ts';

/** Those who speak. */
export function voiceUsersOf({ users }: Pick<ScenarioFile, 'users'>): VoiceUser[] {
  return users.filter((user) => user.kind === 'voice');
}

/** Those that make requests. */
export function requestUsersOf({ users }: Pick<ScenarioFile, 'users'>): RequestUser[] {
  return users.filter((user) => user.kind !== 'voice');
}
