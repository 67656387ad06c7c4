/** A recorded call as a WAV file, put together in the page. */
import type { Result } from '#contract/errors';
import type { RecordedCall } from '#contract/recording';
import { api } from '../api/index.ts';
import { bytesOf } from '../sound/base64.ts';

const samplesAtOnce = 480_000;
const channels = 2;
const bytesPerFrame = channels * 2;
const headerBytes = 44;

/** The header of a WAV of so many bytes of 16-bit stereo samples. */
export function wavHeader(sampleRate: number, bytes: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  const text = (at: number, word: string) => header.set(new TextEncoder().encode(word), at);
  text(0, 'RIFF');
  view.setUint32(4, headerBytes - 8 + bytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * bytesPerFrame, true);
  view.setUint16(32, bytesPerFrame, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, bytes, true);
  return header;
}

/** Fetches all of a call; null when `signal` was raised. `onProgress` is told the share that is here, 0–1. */
export async function fetchWav(
  runId: string,
  { callId, attempt, sampleRate }: RecordedCall,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Result<Blob> | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (let total = Infinity; bytes / bytesPerFrame < total;) {
    const from = bytes / bytesPerFrame;
    const answer = await api.runs.recordedAudio({ runId, callId, attempt, from, samples: samplesAtOnce });
    if (signal.aborted) return null;
    if (!answer.ok) return answer;
    const part = bytesOf(answer.value.pcm);
    if (part.length === 0) break;
    parts.push(part);
    bytes += part.length;
    total = answer.value.totalSamples;
    onProgress(Math.min(1, bytes / bytesPerFrame / Math.max(1, total)));
  }
  return { ok: true, value: new Blob([wavHeader(sampleRate, bytes), ...parts], { type: 'audio/wav' }) };
}
