/** Audio for tests, made on the spot. */

/** A sine of `ms` at 16 kHz between `silenceMs` of silence; `level` is its peak, 0–1. */
export function tone(
  ms: number,
  options: { silenceMs?: number; level?: number; sampleRate?: number } = {},
): Int16Array {
  const rate = options.sampleRate ?? 16_000;
  const silence = Math.round(((options.silenceMs ?? 0) * rate) / 1000);
  const length = Math.round((ms * rate) / 1000);
  const samples = new Int16Array(silence + length + silence);
  for (let i = 0; i < length; i++) {
    samples[silence + i] = Math.round(
      Math.sin((2 * Math.PI * 440 * i) / rate) * 32767 * (options.level ?? 0.3),
    );
  }
  return samples;
}

/** Little-endian bytes of samples. */
export function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.slice().buffer);
}

export interface WavOptions {
  codec?: number;
  channels?: number;
  sampleRate?: number;
  bits?: number;
  /** Length the header claims for the samples. */
  claimed?: number;
  /** A chunk before the samples, as recorders write them. */
  extraChunk?: boolean;
}

/** A WAV file around raw sample bytes; its header says whatever is asked. */
export function wavOf(pcm: Uint8Array, options: WavOptions = {}): Uint8Array {
  const { codec = 1, channels = 1, sampleRate = 16_000, bits = 16 } = options;
  const extra = options.extraChunk ? 8 + 6 : 0;
  const file = Buffer.alloc(44 + extra + pcm.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(codec, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE((sampleRate * channels * bits) / 8, 28);
  file.writeUInt16LE((channels * bits) / 8, 32);
  file.writeUInt16LE(bits, 34);
  if (options.extraChunk) {
    file.write('LIST', 36, 'latin1');
    file.writeUInt32LE(5, 40);
  }
  file.write('data', 36 + extra, 'latin1');
  file.writeUInt32LE(options.claimed ?? pcm.length, 40 + extra);
  file.set(pcm, 44 + extra);
  return file;
}
