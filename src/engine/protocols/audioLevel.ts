/** Is a frame speech or quiet? Read from its base64 or its bytes without decoding the whole of it. */
import { amplitudeOf, samplesOf } from '#contract/audio/level';

const decodeTable = new Int8Array(256).fill(-1);
'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('').forEach((c, i) => {
  decodeTable[c.charCodeAt(0)] = i;
});

/** Groups of three samples looked at per frame: 48 of 320 samples tell speech from silence to within a decibel or two. */
const probes = 16;

function sample(low: number, high: number): number {
  const value = (high << 8) | low;
  return value >= 0x8000 ? value - 0x10000 : value;
}

/** Number of bytes that `length` characters of base64 at `from` stand for. */
export function base64Bytes(data: Buffer, from: number, length: number): number {
  let padding = 0;
  if (length > 0 && data[from + length - 1] === 0x3d) padding++;
  if (length > 1 && data[from + length - 2] === 0x3d) padding++;
  return Math.floor((length * 3) / 4) - padding;
}

/**
 * Whether base64 audio (16-bit little-endian) inside `data` reaches `level` dBFS, from evenly spread groups of
 * eight characters, each of which is exactly three samples.
 */
export function base64IsSpeech(data: Buffer, from: number, length: number, level: number): boolean {
  const groups = Math.floor(length / 8);
  const limit = amplitudeOf(level) ** 2;
  if (groups === 0)
    return rmsOf(Buffer.from(data.toString('latin1', from, from + length), 'base64')) >= Math.sqrt(limit);
  const step = Math.max(1, groups / probes);
  let sum = 0;
  let count = 0;
  for (let g = 0; g < groups; g += step) {
    const at = from + Math.floor(g) * 8;
    const a = decodeTable[data[at] ?? 0] ?? 0;
    const b = decodeTable[data[at + 1] ?? 0] ?? 0;
    const c = decodeTable[data[at + 2] ?? 0] ?? 0;
    const d = decodeTable[data[at + 3] ?? 0] ?? 0;
    const e = decodeTable[data[at + 4] ?? 0] ?? 0;
    const f = decodeTable[data[at + 5] ?? 0] ?? 0;
    const g2 = decodeTable[data[at + 6] ?? 0] ?? 0;
    const h = decodeTable[data[at + 7] ?? 0] ?? 0;
    const s1 = sample(((a << 2) | (b >> 4)) & 255, ((b << 4) | (c >> 2)) & 255);
    const s2 = sample(((c << 6) | d) & 255, ((e << 2) | (f >> 4)) & 255);
    const s3 = sample(((f << 4) | (g2 >> 2)) & 255, ((g2 << 6) | h) & 255);
    sum += s1 * s1 + s2 * s2 + s3 * s3;
    count += 3;
  }
  return sum / count >= limit;
}

function rmsOf(pcm: Uint8Array): number {
  const samples = samplesOf(pcm);
  let sum = 0;
  for (const s of samples) sum += s * s;
  return samples.length > 0 ? Math.sqrt(sum / samples.length) : 0;
}

/** The same for plain PCM bytes. */
export function pcmIsSpeech(pcm: Uint8Array, level: number): boolean {
  return rmsOf(pcm) >= amplitudeOf(level);
}

/** Offset in milliseconds of the first sample whose own size reaches `level`; 0 when none does. */
export function firstAudibleMs(pcm: Uint8Array, sampleRate: number, level: number): number {
  const limit = amplitudeOf(level);
  const samples = samplesOf(pcm);
  const index = samples.findIndex((s) => Math.abs(s) >= limit);
  return index < 0 ? 0 : (index / sampleRate) * 1000;
}
