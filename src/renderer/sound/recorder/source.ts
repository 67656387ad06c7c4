/** Sound that came in and is not saved yet, wherever it came from: how it is sent, and how it is heard before. */
import type { Result } from '#contract/errors';
import type { PartSound } from '../partPlayer.svelte.ts';
import { soundProblem } from '../problem.ts';

/** How the application is told of its form; see `conversations.beginRecording`. */
export type RecordingFormat =
  { kind: 'wav' } | { kind: 'pcm16k' } | { kind: 'decoded'; sampleRate: number; channels: number };

export interface RecordingSource {
  /** For the name field, until the operator writes another. */
  name: string;
  format: RecordingFormat;
  /** As it is sent. */
  bytes: number;
  durationMs: number | null;
  /** Like `44.1 kHz stereo MP3`. */
  about: string;
  /** Null: it cannot be heard before it is saved. */
  preview: PartSound | null;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Most bytes, and most time, of one recording. */
export const mostBytes = 200_000_000;
export const mostMs = 30 * 60_000;

export const tooLong = (what: string) =>
  soundProblem(
    'invalid_input',
    'recording_too_long',
    `${what} Recordings may be up to 200 MB and 30 minutes long: cut out what the caller says and choose that.`,
  );

/** `44.1 kHz stereo`, `16 kHz mono`, `48 kHz, 6 channels`. */
export function formatWords(sampleRate: number, channels: number): string {
  const rate = `${Number((sampleRate / 1000).toFixed(2))} kHz`;
  return channels <= 2 ? `${rate} ${channels === 2 ? 'stereo' : 'mono'}` : `${rate}, ${channels} channels`;
}

/** The average of all channels. */
function mixDown(channels: readonly Float32Array[]): Float32Array {
  const mixed = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels) {
    for (let i = 0; i < mixed.length; i++) mixed[i] = (mixed[i] ?? 0) + (channel[i] ?? 0) / channels.length;
  }
  return mixed;
}

/** Sound as floats: what was recorded or decoded in the page. Several channels that would be too much together are mixed. */
export function decodedSource(
  name: string,
  about: string,
  sampleRate: number,
  channels: readonly Float32Array[],
): Result<RecordingSource> {
  const length = channels[0]?.length ?? 0;
  const durationMs = (length * 1000) / sampleRate;
  const sent = length * channels.length * 4 > mostBytes ? [mixDown(channels)] : channels;
  const bytes = length * sent.length * 4;
  if (length === 0)
    return soundProblem('invalid_input', 'recording_empty', `“${name}” holds no sound; choose another file.`);
  if (bytes > mostBytes || durationMs > mostMs)
    return tooLong(`“${name}” is ${Math.round(durationMs / 60_000)} minutes long.`);
  return {
    ok: true,
    value: {
      name,
      about,
      durationMs,
      bytes,
      format: { kind: 'decoded', sampleRate, channels: sent.length },
      preview: { sampleRate, channels },
      read: (from, to) => Promise.resolve(interleaved(sent, from, to)),
    },
  };
}

/** Bytes [from, to) of the samples one after the other, channel by channel; both are multiples of four. */
function interleaved(channels: readonly Float32Array[], from: number, to: number): Uint8Array {
  const floats = new Float32Array((to - from) / 4);
  for (let i = 0; i < floats.length; i++) {
    const at = from / 4 + i;
    floats[i] = channels[at % channels.length]?.[Math.floor(at / channels.length)] ?? 0;
  }
  return new Uint8Array(floats.buffer);
}
