/** Parts of recordings as an engine would hand them over, for tests. */
import type { RecordedMessage } from '#contract/recording';
import type { RecordingPart } from '#engine/run';

/** `seconds` of both sides: the caller has `value` everywhere, the agent its negative. */
export function aPart(
  seconds: number,
  more: Partial<RecordingPart> & { value?: number } = {},
): RecordingPart {
  const { value = 1000, ...rest } = more;
  const sampleRate = rest.sampleRate ?? 16_000;
  const samples = Math.round(seconds * sampleRate);
  return {
    callId: 'run-u1-c1',
    attempt: 1,
    vu: 1,
    conversation: 'insurance_inquiry',
    startedAt: 1000.5,
    sampleRate,
    stretches:
      samples === 0
        ? []
        : [{ caller: new Int16Array(samples).fill(value), agent: new Int16Array(samples).fill(-value) }],
    messages: [],
    frames: [],
    framesLost: 0,
    incomplete: null,
    ended: false,
    why: 'chosen',
    withoutAudio: null,
    ...rest,
  };
}

export function aMessage(at: number, more: Partial<RecordedMessage> = {}): RecordedMessage {
  return {
    at,
    direction: 'received',
    kind: 'status',
    class: 'agent_text',
    bytes: 120,
    count: 1,
    audioMs: null,
    level: null,
    text: '{"type":"status"}',
    ...more,
  };
}
