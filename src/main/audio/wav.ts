/** WAV files: reading the one format a clip may have, and naming what else was found. */

/** What a WAV file says about itself. */
export interface WavFormat {
  codec: string;
  sampleRate: number;
  bits: number;
  channels: number;
}

/** `problem` completes the sentence "the file …". */
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
/** Written instead of a length by programs that stream. */
const unknownLength = 0xffffffff;

const text = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Whether the bytes begin like a WAV file. */
export function looksLikeWav(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && text(bytes, 0) === 'RIFF' && text(bytes, 8) === 'WAVE';
}

/** `16000 Hz, 16-bit, mono PCM` */
export function describeWav(format: WavFormat): string {
  const channels =
    format.channels === 1 ? 'mono' : format.channels === 2 ? 'stereo' : `${format.channels}-channel`;
  return `${format.sampleRate} Hz, ${format.bits}-bit, ${channels} ${format.codec}`;
}

/** Finds format and samples. Any codec is read; `problem` when the file is not WAV, has no samples or is cut off. */
export function decodeWav(bytes: Uint8Array): DecodedWav {
  if (!looksLikeWav(bytes)) return { problem: 'is not a WAV file' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | null = null;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const id = text(bytes, at);
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === 'fmt ') {
      if (length < 16 || body + 16 > bytes.length) return { problem: 'has a broken header' };
      let code = view.getUint16(body, true);
      if (code === extensible && length >= 26 && body + 26 <= bytes.length)
        code = view.getUint16(body + 24, true);
      format = {
        codec: codecs[code] ?? `codec ${code}`,
        channels: view.getUint16(body + 2, true),
        sampleRate: view.getUint32(body + 4, true),
        bits: view.getUint16(body + 14, true),
      };
    } else if (id === 'data') {
      if (!format) return { problem: 'has its samples before its header' };
      const rest = bytes.length - body;
      if (length !== unknownLength && length > rest) {
        return {
          problem: `is cut off: its header promises ${length} bytes of samples and ${rest} are there`,
        };
      }
      return { pcm: bytes.subarray(body, body + Math.min(length, rest)), format };
    }
    at = body + length + (length % 2);
  }
  return { problem: format ? 'has no samples' : 'has a broken header' };
}
