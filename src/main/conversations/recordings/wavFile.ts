import { clipSampleRate } from '../../audio/voices/voice.ts';

const headerBytes = 44;

/** Samples of a clip as a WAV file: 16 kHz, 16-bit, mono PCM. */
export function wavFile(samples: Int16Array): Buffer {
  const file = Buffer.alloc(headerBytes + samples.byteLength);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  const fields = [
    { at: 16, value: 16, bytes: 4 }, // length of what follows
    { at: 20, value: 1, bytes: 2 }, // PCM
    { at: 22, value: 1, bytes: 2 }, // channels
    { at: 24, value: clipSampleRate, bytes: 4 },
    { at: 28, value: clipSampleRate * 2, bytes: 4 }, // bytes a second
    { at: 32, value: 2, bytes: 2 }, // bytes of a sample of every channel
    { at: 34, value: 16, bytes: 2 }, // bits of a sample
  ];
  for (const { at, value, bytes } of fields) file.writeUIntLE(value, at, bytes);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.byteLength, 40);
  file.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), headerBytes);
  return file;
}
