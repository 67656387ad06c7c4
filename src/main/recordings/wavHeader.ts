/** The WAV files of recorded calls: stereo, 16-bit PCM, the caller left, the agent right. */

export const wavHeaderBytes = 44;
/** One sample of both sides. */
export const bytesPerSample = 4;
const channels = 2;
const unknownLength = 0xffff_ffff;

/** The header before `samples` samples of both sides; null: how many is not known yet, readers take the file's length. */
export function wavHeader(sampleRate: number, samples: number | null): Buffer {
  const data = samples === null ? unknownLength : samples * bytesPerSample;
  const header = Buffer.alloc(wavHeaderBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(samples === null ? unknownLength : data + wavHeaderBytes - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * bytesPerSample, 28);
  header.writeUInt16LE(bytesPerSample, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data, 40);
  return header;
}

/** How many samples of both sides a file of this length has. */
export function samplesIn(fileBytes: number): number {
  return Math.max(0, Math.floor((fileBytes - wavHeaderBytes) / bytesPerSample));
}

/** Where the n-th sample lies in the file. */
export function positionOf(sample: number): number {
  return wavHeaderBytes + sample * bytesPerSample;
}
