/** What calls put on the wire, from the frames that the protocol's own adapter makes. */
import type { AudioSettings, ProtocolName } from '#contract/scenario/file';
import { adapters } from '#engine/protocols/registry';

/** Bytes of a frame of audio with the head of its WebSocket message (RFC 6455 §5.2); TCP, TLS and acknowledgements come on top. */
export interface FrameBytes {
  /** Masked, as a client must. */
  sent: number;
  received: number;
}

const maskBytes = 4;

function headBytes(payload: number): number {
  return payload < 126 ? 2 : payload < 65_536 ? 4 : 10;
}

/** Of one frame in a protocol; an agent's frames are taken to be as long as the caller's. */
export function frameBytes(protocol: ProtocolName, audio: AudioSettings): FrameBytes {
  const { sample_rate: sampleRate, chunk: frameMs, audible_level: audibleLevel } = audio;
  const adapter = adapters[protocol]({ sampleRate, frameMs, audibleLevel }, { response: [], end: [] });
  const payload = adapter.encode(new Int16Array((sampleRate * frameMs) / 1000)).bytes.length;
  const received = headBytes(payload) + payload;
  return { sent: received + maskBytes, received };
}
