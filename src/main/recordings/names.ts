/** How the files of recorded calls are called. */
import { join } from 'node:path';

const unsafe = /[^A-Za-z0-9._-]/g;
const longestId = 150;

/** Finished recordings of a run, a line each. */
export const indexName = 'index.jsonl';
export const messagesEnding = '.jsonl';

/** The files of one recording in the folder of its run. */
export interface RecordingFiles {
  wav: string;
  /** Its first line says whose it is, the others are its messages. */
  messages: string;
  peaks: string;
}

/** `<call>-<attempt>`, whatever the call's id is made of. */
export function recordingName(callId: string, attempt: number): string {
  const safe = callId.replace(unsafe, '_').replace(/^\.+/, '_').slice(0, longestId);
  return `${safe}-${attempt}`;
}

export function recordingFiles(folder: string, name: string): RecordingFiles {
  return {
    wav: join(folder, `${name}.wav`),
    messages: join(folder, `${name}${messagesEnding}`),
    peaks: join(folder, `${name}.peaks.json`),
  };
}
