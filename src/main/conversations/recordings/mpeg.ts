/** Telling MP3 files that begin without a title by their frames. */

/** In kbit/s, of MPEG 1 and of its lower rates; by the index of a frame's header. */
const bitRates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const sampleRates = [44_100, 48_000, 32_000] as const;

/** Bytes of the frame of layer III that begins at `at`; null: none does. */
function frameBytes(bytes: Uint8Array, at: number): number | null {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  if (first !== 0xff || second < 0xe0 || version === 1 || layer !== 1) return null;
  const bitRate = bitRates[version === 3 ? 0 : 1][third >> 4];
  const sampleRate = sampleRates[(third >> 2) & 3];
  if (bitRate === undefined || bitRate === 0 || sampleRate === undefined) return null;
  const divisor = [4, 1, 2, 1][version] ?? 1;
  const perFrame = version === 3 ? 144_000 : 72_000;
  return Math.floor((perFrame * bitRate) / (sampleRate / divisor)) + ((third >> 1) & 1);
}

/** Whether two frames follow each other at the beginning: raw samples do not look like that by chance. */
export function looksLikeMp3(bytes: Uint8Array): boolean {
  const length = frameBytes(bytes, 0);
  return length !== null && frameBytes(bytes, length) !== null;
}
