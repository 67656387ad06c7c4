/** Reading a WAV file of any rate, depth and number of channels, as an operator may bring it in. */
import { fail, ok, type Result } from '#contract/errors';
import { describeWav, locateWav, type WavFormat } from '../wav.ts';
import { decodeAlaw, decodeMulaw } from './companding.ts';

/** Audio as it came: samples −1…1, those of one moment side by side. */
export interface AnyAudio {
  sampleRate: number;
  channels: number;
  samples: Float32Array;
}

/** `notes`: what the operator should know, each a sentence. */
export interface DecodedAudio extends AnyAudio {
  /** `44100 Hz, 24-bit, stereo PCM` */
  described: string;
  notes: string[];
}

export const mostChannels = 32;
export const lowestRate = 1000;
export const highestRate = 768_000;

type ReadSample = (view: DataView, at: number) => number;

const readers: Record<string, Record<number, ReadSample>> = {
  PCM: {
    1: (view, at) => (view.getUint8(at) - 128) / 128,
    2: (view, at) => view.getInt16(at, true) / 2 ** 15,
    3: (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23,
    4: (view, at) => view.getInt32(at, true) / 2 ** 31,
  },
  'floating point': {
    4: (view, at) => view.getFloat32(at, true),
    8: (view, at) => view.getFloat64(at, true),
  },
  'A-law': { 1: (view, at) => decodeAlaw(view.getUint8(at)) / 2 ** 15 },
  'µ-law': { 1: (view, at) => decodeMulaw(view.getUint8(at)) / 2 ** 15 },
};

function refuse(problem: string): Result<never> {
  return fail('invalid_input', 'audio_unreadable', `The file ${problem}`);
}

/** Bytes of one sample: what the file says where that makes sense, else what its bits need. */
function sampleBytes({ bits, channels, frameBytes }: WavFormat): number {
  const said = frameBytes / channels;
  return Number.isInteger(said) && said * 8 >= bits && said > 0 ? said : Math.ceil(bits / 8);
}

/**
 * Decodes 8-, 16-, 24- and 32-bit integer, 32- and 64-bit float, A-law and µ-law samples, of plain and extensible headers.
 * A file that ends too early is read as far as it goes, and says so. Error: `audio_unreadable`; its sentence begins "The file".
 */
export function decodeWavAny(bytes: Uint8Array): Result<DecodedAudio> {
  const located = locateWav(bytes, bytes.length);
  if ('problem' in located) return refuse(`${located.problem}; bring in a WAV file.`);
  if ('more' in located) return refuse('has a broken header; save it again as WAV.');
  const { format, promised } = located;
  const { sampleRate, channels } = format;
  const described = describeWav(format);
  if (channels < 1 || channels > mostChannels)
    return refuse(`has ${channels} channels; it may have 1 to ${mostChannels}.`);
  if (sampleRate < lowestRate || sampleRate > highestRate)
    return refuse(`has ${sampleRate} samples a second; it may have ${lowestRate} to ${highestRate}.`);
  const width = sampleBytes(format);
  const read = readers[format.codec]?.[width];
  if (!read) return refuse(`is ${described}, which cannot be read; save it as 16-bit PCM.`);

  const notes: string[] = [];
  const frames = Math.floor(located.bytes / (width * channels));
  if (frames === 0) return refuse('has no samples.');
  if (promised !== null) {
    const share = Math.floor((frames * width * channels * 100) / promised);
    notes.push(`The file ends too early: ${share} % of the audio its header promises is there.`);
  } else if (located.bytes % (width * channels) !== 0) {
    notes.push('The file ends in the middle of a sample, which is left out.');
  }
  const samples = new Float32Array(frames * channels);
  const view = new DataView(bytes.buffer, bytes.byteOffset + located.at, located.bytes);
  let unreal = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = read(view, i * width);
    if (Number.isFinite(sample)) samples[i] = sample;
    else unreal++;
  }
  if (unreal > 0) notes.push(`${unreal} samples are not numbers; they are silence now.`);
  return ok({ sampleRate, channels, samples, described, notes });
}
