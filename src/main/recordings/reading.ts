/** Reads recorded calls back, finished or not. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordedCall, RecordedMessage } from '#contract/recording';
import { indexName, messagesEnding, recordingFiles, recordingName } from './names.ts';
import { bytesPerSample, positionOf, samplesIn } from './wavHeader.ts';

/** The first line of a recording's messages: what was known when it began. */
const Beginning = RecordedCall.pick({
  callId: true,
  attempt: true,
  vu: true,
  conversation: true,
  startedAt: true,
  sampleRate: true,
  why: true,
  audio: true,
});

const unfinished = {
  goingOn: 'the call is still going on',
  cutOff: 'it was not finished: Crosstalk ended before the call did, or could not write any more',
};

/**
 * The recordings in the folder of a run, in order of time; none when there is no such folder. Those that were never
 * finished are as long as what was written; `goingOn` says why they are not finished.
 */
export async function listRecordings(folder: string, goingOn: boolean): Promise<RecordedCall[]> {
  const names = await readdir(folder).catch(nothingThere);
  const known = new Map<string, RecordedCall>();
  if (names.includes(indexName)) {
    const index = await readFile(join(folder, indexName), 'utf8');
    for (const line of linesOf(index, RecordedCall))
      known.set(recordingName(line.callId, line.attempt), line);
  }
  for (const file of names) {
    const name = file.slice(0, -messagesEnding.length);
    if (!file.endsWith(messagesEnding) || file === indexName || known.has(name)) continue;
    const found = await readUnfinished(folder, name, goingOn ? unfinished.goingOn : unfinished.cutOff);
    if (found !== null) known.set(name, found);
  }
  return [...known.values()].sort((a, b) => a.startedAt - b.startedAt || a.attempt - b.attempt);
}

async function readUnfinished(folder: string, name: string, why: string): Promise<RecordedCall | null> {
  const files = recordingFiles(folder, name);
  const text = await readFile(files.messages, 'utf8');
  const [first = '', ...rest] = text.split('\n');
  const beginning = parseLine(first, Beginning);
  if (beginning === null) return null;
  const wavBytes = await stat(files.wav).then(
    ({ size }) => size,
    () => 0,
  );
  return {
    ...beginning,
    durationMs: (samplesIn(wavBytes) / beginning.sampleRate) * 1000,
    bytes: wavBytes + Buffer.byteLength(text),
    messages: rest.filter((line) => line !== '').length,
    incomplete: why,
  };
}

/** The messages of a recording in order of time. Rejects when its file cannot be read. */
export async function readMessages(file: string): Promise<RecordedMessage[]> {
  const text = await readFile(file, 'utf8');
  return linesOf(text.slice(text.indexOf('\n') + 1), RecordedMessage).sort((a, b) => a.at - b.at);
}

/** Samples of both sides side by side, from the `from`-th on; fewer at the end. Rejects when the file cannot be read. */
export async function readSamples(
  file: string,
  from: number,
  samples: number,
): Promise<{ totalSamples: number; pcm: Buffer }> {
  const handle = await open(file);
  try {
    const totalSamples = samplesIn((await handle.stat()).size);
    const count = Math.max(0, Math.min(samples, totalSamples - from));
    const pcm = Buffer.alloc(count * bytesPerSample);
    const { bytesRead } = await handle.read(pcm, 0, pcm.length, positionOf(from));
    return { totalSamples, pcm: pcm.subarray(0, bytesRead - (bytesRead % bytesPerSample)) };
  } finally {
    await handle.close();
  }
}

/** A line that was cut off when the program died is left out. */
function linesOf<T>(text: string, schema: Schema<T>): T[] {
  return text
    .split('\n')
    .map((line) => parseLine(line, schema))
    .filter((value) => value !== null);
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

function parseLine<T>(line: string, schema: Schema<T>): T | null {
  if (line === '') return null;
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function nothingThere(thrown: unknown): string[] {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
  throw thrown;
}
