/** WAV files: where their samples lie and in what form, and naming what else was found. */

/** What a WAV file says about itself. */
export interface WavFormat {
  codec: string;
  sampleRate: number;
  bits: number;
  channels: number;
  /** Bytes of one sample of every channel; 0 where the file does not say. */
  frameBytes: number;
}

/** Samples of a WAV file. `promised`: how many bytes its header promises when fewer are there. */
export interface WavLayout {
  format: WavFormat;
  at: number;
  bytes: number;
  promised: number | null;
}

/** `problem` completes the sentence "the file …"; `more`: so many of its first bytes must be seen. */
export type LocatedWav = WavLayout | { problem: string } | { more: number };
export type DecodedWav = { pcm: Uint8Array; format: WavFormat } | { problem: string };

const codecs: Record<number, string> = {
  1: 'PCM',
  2: 'ADPCM',
  3: 'floating point',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  85: 'MP3',
  80: 'MPEG',
  255: 'AAC',
};
const extensible = 0xfffe;
/** Written instead of a length by programs that stream, and by those whose file grows beyond 4 GB (RF64, BW64). */
const unknownLength = 0xffffffff;
const formatBytes = 40;

const text = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Whether the bytes begin like a WAV file. */
export function looksLikeWav(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && ['RIFF', 'RF64', 'BW64'].includes(text(bytes, 0)) && text(bytes, 8) === 'WAVE';
}

/** `16000 Hz, 16-bit, mono PCM` */
export function describeWav(format: WavFormat): string {
  const channels =
    format.channels === 1 ? 'mono' : format.channels === 2 ? 'stereo' : `${format.channels}-channel`;
  return `${format.sampleRate} Hz, ${format.bits}-bit, ${channels} ${format.codec}`;
}

function formatOf(view: DataView, body: number, length: number): WavFormat {
  let code = view.getUint16(body, true);
  if (code === extensible && length >= 26 && body + 26 <= view.byteLength)
    code = view.getUint16(body + 24, true);
  return {
    codec: codecs[code] ?? `codec ${code}`,
    channels: view.getUint16(body + 2, true),
    sampleRate: view.getUint32(body + 4, true),
    bits: view.getUint16(body + 14, true),
    frameBytes: view.getUint16(body + 12, true),
  };
}

/** Finds format and samples of a file of `size` bytes from its first ones. Any codec is read. */
export function locateWav(head: Uint8Array, size: number): LocatedWav {
  if (!looksLikeWav(head)) return { problem: 'is not a WAV file' };
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let format: WavFormat | null = null;
  let at = 12;
  while (at + 8 <= size) {
    if (at + 8 > head.length) return { more: at + 8 };
    const id = text(head, at);
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === 'fmt ') {
      if (length < 16 || body + 16 > size) return { problem: 'has a broken header' };
      const needed = Math.min(body + Math.min(length, formatBytes), size);
      if (needed > head.length) return { more: needed };
      format = formatOf(view, body, length);
    } else if (id === 'data') {
      if (!format) return { problem: 'has its samples before its header' };
      const rest = size - body;
      const whole = length === unknownLength || length <= rest;
      return { format, at: body, bytes: Math.min(length, rest), promised: whole ? null : length };
    }
    at = body + length + (length % 2);
  }
  return { problem: format ? 'has no samples' : 'has a broken header' };
}

/** Completes the sentence "the file …" for one that ends too early. */
export function cutOff(promised: number, there: number): string {
  return `is cut off: its header promises ${promised} bytes of samples and ${there} are there`;
}

/** The samples of a whole WAV file, as its codec writes them; `problem` when it is not WAV, has no samples or is cut off. */
export function decodeWav(bytes: Uint8Array): DecodedWav {
  const located = locateWav(bytes, bytes.length);
  if ('problem' in located) return located;
  if ('more' in located) return { problem: 'has a broken header' };
  const { format, at, promised } = located;
  if (promised !== null) return { problem: cutOff(promised, located.bytes) };
  return { pcm: bytes.subarray(at, at + located.bytes), format };
}

const headerBytes = 44;

/** A whole WAV file of 16-bit mono samples. */
export function encodeWav(samples: Int16Array, sampleRate: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes + samples.byteLength);
  const view = new DataView(bytes.buffer);
  const write = (at: number, letters: string) => bytes.set(new TextEncoder().encode(letters), at);
  write(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, 'data');
  view.setUint32(40, samples.byteLength, true);
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), headerBytes);
  return bytes;
}
