/** Recorded calls of all runs on this machine, a folder for each run. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import type { RecordedCall, RecordedMessage } from '#contract/recording';
import { whyNotWritten } from './disk.ts';
import { recordingFiles, recordingName, type RecordingFiles } from './names.ts';
import { readPeaks, type Peaks } from './peaks.ts';
import { listRecordings, readMessages, readSamples } from './reading.ts';
import { RunRecording, type RecordingWriterOptions } from './runRecording.ts';

/** Which recording is meant, and whether its run is going on. */
export interface RecordingQuery {
  runId: string;
  callId: string;
  attempt: number;
  goingOn: boolean;
}

const runIdForm = /^[A-Za-z0-9_-]{1,100}$/;

export class RecordingStore {
  readonly #folder: string;
  readonly #writing: Partial<RecordingWriterOptions>;

  /** `folder` holds the folders of runs; it is made when the first call is recorded. */
  constructor(folder: string, writing: Partial<RecordingWriterOptions> = {}) {
    this.#folder = folder;
    this.#writing = writing;
  }

  /** Where the folders of all runs lie, whether there are any or not. */
  get folder(): string {
    return this.#folder;
  }

  /** Where the recordings of a run lie, whether it has any or not. */
  folderOf(runId: string): string {
    return join(this.#folder, runId);
  }

  /** Begins to record calls of a run. `tell` is told what the operator should know. */
  begin(runId: string, tell: (message: string) => void): RunRecording {
    return new RunRecording(this.folderOf(runId), tell, this.#writing);
  }

  /** The recordings of a run in order of time. */
  async list(runId: string, goingOn: boolean): Promise<Result<RecordedCall[]>> {
    if (!runIdForm.test(runId)) return ok([]);
    return reading(this.folderOf(runId), () => listRecordings(this.folderOf(runId), goingOn));
  }

  /** One of them. */
  async find(query: RecordingQuery): Promise<Result<RecordedCall>> {
    const { runId, callId, attempt, goingOn } = query;
    const listed = await this.list(runId, goingOn);
    if (!listed.ok) return listed;
    const found = listed.value.find((call) => call.callId === callId && call.attempt === attempt);
    if (found !== undefined) return ok(found);
    return fail(
      'not_found',
      'recording_not_found',
      `The call ${callId} of run ${runId} was not recorded, or its recording has been removed.`,
    );
  }

  peaks(runId: string, call: RecordedCall): Promise<Result<Peaks>> {
    if (!call.audio) return Promise.resolve(ok({ callerPeaks: [], agentPeaks: [] }));
    const files = this.#files(runId, call);
    return reading(files.wav, () => readPeaks(files, call.incomplete === null));
  }

  messages(runId: string, call: RecordedCall): Promise<Result<RecordedMessage[]>> {
    const { messages } = this.#files(runId, call);
    return reading(messages, () => readMessages(messages));
  }

  /** Samples of both sides side by side, from the `from`-th on. */
  audio(runId: string, call: RecordedCall, from: number, samples: number) {
    if (!call.audio) return Promise.resolve(ok({ totalSamples: 0, pcm: Buffer.alloc(0) }));
    const { wav } = this.#files(runId, call);
    return reading(wav, () => readSamples(wav, from, samples));
  }

  /** Removes what was recorded of a run. */
  async remove(runId: string): Promise<Result<void>> {
    if (!runIdForm.test(runId)) return ok(undefined);
    const folder = this.folderOf(runId);
    try {
      await rm(folder, { recursive: true, force: true });
      return ok(undefined);
    } catch (thrown) {
      return fail(
        'unavailable',
        'recordings_not_removed',
        `The run is removed, its recorded calls in ${folder} are not: ${whyNotWritten(thrown)}. Remove the folder by hand.`,
      );
    }
  }

  #files(runId: string, { callId, attempt }: RecordedCall): RecordingFiles {
    return recordingFiles(this.folderOf(runId), recordingName(callId, attempt));
  }
}

/** The recordings in a home folder. */
export function recordingsIn(homeFolder: string): RecordingStore {
  return new RecordingStore(join(homeFolder, 'recordings'));
}

async function reading<T>(file: string, read: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await read());
  } catch (thrown) {
    const gone = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    const why = gone ? 'it is not there any more' : thrown instanceof Error ? thrown.message : String(thrown);
    return fail(
      gone ? 'not_found' : 'unavailable',
      'recording_unreadable',
      `The recording ${file} cannot be read: ${why}.`,
    );
  }
}
