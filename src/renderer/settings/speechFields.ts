/** The form of Azure Speech: what is typed beside what is kept. */
import type { AzureSpeechState } from '#contract/api/voices';

export interface SpeechFields {
  auth: AzureSpeechState['auth'];
  region: string;
  endpoint: string;
  resourceId: string;
  /** Empty: the kept one stays. */
  secret: string;
}

/** Whether something was typed that is not kept yet. */
export function hasChanged(state: AzureSpeechState, fields: SpeechFields): boolean {
  return (
    fields.secret.trim() !== '' ||
    fields.auth !== state.auth ||
    fields.region.trim() !== state.region ||
    fields.endpoint.trim() !== state.endpoint ||
    fields.resourceId.trim() !== state.resourceId
  );
}

/** Whether there is a secret for this way to sign in. */
export function secretKept(state: AzureSpeechState, auth: AzureSpeechState['auth']): boolean {
  return state.secretFrom !== null && state.auth === auth;
}

const keptIn: Record<AzureSpeechState['keptIn'], string> = {
  os_store: 'the key store of the system',
  file: 'a file that only your account can read',
};

/** Where the secret is, or would be kept. */
export function secretWords(state: AzureSpeechState): string {
  const what = state.auth === 'key' ? 'key' : 'token';
  switch (state.secretFrom) {
    case 'environment':
      return `From the environment. One that is typed in here is kept in ${keptIn[state.keptIn]} and used when the variable is gone.`;
    case 'os_store':
      return `The ${what} is kept in the key store of the system. It is never shown again; typing another replaces it.`;
    case 'file':
      return `The ${what} is kept in a file that only your account can read. It is never shown again; typing another replaces it.`;
    case null:
      return `None yet. It will be kept in ${keptIn[state.keptIn]}.`;
  }
}
