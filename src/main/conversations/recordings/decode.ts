/** Audio as it came → the samples of a clip, and what was done to it in words. */
import { fail, ok, type Result } from '#contract/errors';
import { samplesOf } from '#contract/audio/level';
import { toClipSamples } from '../../audio/convert/clipSamples.ts';
import { decodeWavAny, type AnyAudio } from '../../audio/convert/wavAny.ts';
import { clipSampleRate } from '../../audio/voices/voice.ts';
import { locateWav, looksLikeWav } from '../../audio/wav.ts';
import { foreignContent, foreignSentence } from './formats.ts';

/** How the bytes of a recording are to be read. */
export type RecordingFormat =
  | { kind: 'wav' }
  /** Raw 16-bit mono samples; `sampleRate` where they are not 16 kHz. */
  | { kind: 'pcm16k'; sampleRate?: number }
  /** 32-bit float samples, interleaved. */
  | { kind: 'decoded'; sampleRate: number; channels: number };

export interface ClipSamples {
  /** 16 kHz. */
  samples: Int16Array;
  notes: string[];
}

/** A clip is an utterance; what is longer is something else, and would fill the memory. */
const longestMs = 50 * 60_000;

function refuse(message: string): Result<never> {
  return fail('invalid_input', 'recording_unreadable', message);
}

function tooLong(name: string, ms: number): Result<never> | null {
  if (ms <= longestMs) return null;
  return refuse(
    `${name} is ${Math.round(ms / 60_000)} minutes long; a recording may have at most ${longestMs / 60_000}. Cut out what is said in one turn.`,
  );
}

/** `44.1 kHz`, `16 kHz` */
function inKilohertz(rate: number): string {
  return `${Number((rate / 1000).toFixed(2))} kHz`;
}

function channelsInWords(channels: number): string {
  if (channels === 1) return 'mono';
  return channels === 2 ? 'stereo' : `${channels} channels`;
}

async function converted(audio: AnyAudio, notes: string[], kind = ''): Promise<Result<ClipSamples>> {
  const samples = await toClipSamples(audio);
  if (!samples.ok) return samples;
  const from = `${inKilohertz(audio.sampleRate)} ${channelsInWords(audio.channels)}${kind}`;
  const same = audio.sampleRate === clipSampleRate && audio.channels === 1 && kind === '';
  return ok({ samples: samples.value, notes: same ? notes : [`Converted from ${from}.`, ...notes] });
}

async function ofWav(bytes: Uint8Array, name: string): Promise<Result<ClipSamples>> {
  const located = locateWav(bytes, bytes.length);
  if ('format' in located) {
    const { sampleRate, channels, bits, codec } = located.format;
    const frameBytes = located.format.frameBytes || (channels * bits) / 8;
    const refused = tooLong(name, (located.bytes / (frameBytes || 1) / (sampleRate || 1)) * 1000);
    if (refused) return refused;
    const decoded = decodeWavAny(bytes);
    if (!decoded.ok) return refuse(decoded.error.message.replace(/^The file/, name));
    const kind = bits === 16 && codec === 'PCM' ? '' : `, ${bits}-bit ${codec}`;
    return converted(
      decoded.value,
      decoded.value.notes.map((note) => note.replace(/^The file/, name)),
      kind,
    );
  }
  const why = 'problem' in located ? located.problem : 'has a broken header';
  return refuse(`${name} ${why}; save it again as WAV, or bring in another file.`);
}

async function ofRaw(bytes: Uint8Array, sampleRate: number, name: string): Promise<Result<ClipSamples>> {
  if (bytes.length % 2 !== 0)
    return refuse(
      `${name} has an odd number of bytes (${bytes.length}), so it is not 16-bit PCM or is cut off; bring in a whole raw file, or a WAV file.`,
    );
  const refused = tooLong(name, (bytes.length / 2 / sampleRate) * 1000);
  if (refused) return refused;
  const raw = samplesOf(bytes);
  if (sampleRate === clipSampleRate) return ok({ samples: raw, notes: [] });
  return converted(
    { sampleRate, channels: 1, samples: Float32Array.from(raw, (sample) => sample / 32_768) },
    [],
  );
}

async function ofFloats(
  bytes: Uint8Array,
  format: { sampleRate: number; channels: number },
  name: string,
): Promise<Result<ClipSamples>> {
  const { sampleRate, channels } = format;
  if (bytes.length % (4 * channels) !== 0)
    return refuse(`${name} arrived with a part of a sample missing; bring it in again.`);
  const refused = tooLong(name, (bytes.length / 4 / channels / sampleRate) * 1000);
  if (refused) return refused;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.length / 4);
  for (let i = 0; i < samples.length; i++) {
    const sample = view.getFloat32(i * 4, true);
    samples[i] = Number.isFinite(sample) ? sample : 0;
  }
  return converted({ sampleRate, channels, samples }, []);
}

/**
 * Reads a recording of any kind as 16 kHz mono. Its content is believed before what it was said to be. `name` begins the
 * sentences about it. Errors: `recording_unreadable`, `audio_unreadable`.
 */
export async function decodeRecording(
  bytes: Uint8Array,
  format: RecordingFormat,
  name: string,
): Promise<Result<ClipSamples>> {
  if (bytes.length === 0) return refuse(`${name} is empty; bring in a file with audio in it.`);
  if (format.kind === 'decoded') return ofFloats(bytes, format, name);
  if (looksLikeWav(bytes)) return ofWav(bytes, name);
  const foreign = foreignContent(bytes);
  if (foreign !== null) return refuse(foreignSentence(name, foreign));
  if (format.kind === 'wav')
    return refuse(
      `${name} is not a WAV file in spite of its name; raw samples (16-bit mono at 16 kHz) are called .pcm.`,
    );
  return ofRaw(bytes, format.sampleRate ?? clipSampleRate, name);
}
