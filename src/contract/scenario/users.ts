/** Users of a scenario by their kind. Without schemas, so that screens can use it. */
import type { Conversation, RequestUser, ScenarioFile, User, VoiceUser } from './file.ts';

/** Those who speak. */
export function voiceUsersOf({ users }: Pick<ScenarioFile, 'users'>): VoiceUser[] {
  return users.filter((user) => user.kind === 'voice');
}

/** Those that make requests. */
export function requestUsersOf({ users }: Pick<ScenarioFile, 'users'>): RequestUser[] {
  return users.filter((user) => user.kind !== 'voice');
}

/** What a users entry says; those that make requests say nothing. */
export function conversationsIn(user: User): Conversation[] {
  return user.kind === 'voice' ? user.conversations : [];
}
