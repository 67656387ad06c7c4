/**
 * What the agent says on the wire, in the two dialects found in the field: `snapshot` (mixed capitals, 20 ms frames,
 * stops on every partial transcript) and `main` (lower case, 40 ms frames, stops only while it is playing).
 */
import type { PracticeConfig } from '#contract/practice';

export interface Dialect {
  frameMs: number;
  /** Whether the shorter rest at the end of a sentence is sent, or dropped. */
  sendsPartialFrame: boolean;
  /** Whether speech during the greeting stops it. */
  greetingCanBeStopped: boolean;
  /** Whether the greeting's text is sent along with its audio. */
  greetingHasText: boolean;
  stop: string;
  /** One audio message. */
  audio(pcm: Buffer): string;
}

export const dialects: Record<PracticeConfig['dialect'], Dialect> = {
  snapshot: {
    frameMs: 20,
    sendsPartialFrame: false,
    greetingCanBeStopped: true,
    greetingHasText: false,
    stop: '{"Kind": "StopAudio", "AudioData": null, "StopAudio": {}}',
    audio: (pcm) => `{"kind":"AudioData","AudioData":{"data":"${pcm.toString('base64')}"},"StopAudio":null}`,
  },
  main: {
    frameMs: 40,
    sendsPartialFrame: true,
    greetingCanBeStopped: false,
    greetingHasText: true,
    stop: '{"kind":"StopAudio","AudioData":null,"StopAudio":{}}',
    audio: (pcm) =>
      `{"kind":"AudioData","audioData":{"data":"${pcm.toString('base64')}","timestamp":null,"participantRawID":null,"silent":false}}`,
  },
};

/** The label the agent's own text goes out under. */
export const agentLabel = 'Assistant';

function context(sessionId: string, at: Date): object {
  return { session_id: sessionId, restricted_to_session: true, timestamp: at.getTime() / 1000 };
}

/** The envelope of a transcript (`sender` is `User`) or of the agent's own text. */
export function statusMessage(sessionId: string, sender: string, message: string, at = new Date()): string {
  return JSON.stringify({
    type: 'status',
    topic: 'system',
    session_id: sessionId,
    call_id: null,
    user_id: null,
    sender,
    ts: at.toISOString(),
    payload: { message },
    session_context: context(sessionId, at),
  });
}

export interface ToolCall {
  sessionId: string;
  callId: string;
  tool: string;
}

function toolMessage(type: string, call: ToolCall, more: object, at: Date): string {
  return JSON.stringify({
    type,
    callId: call.callId,
    tool: call.tool,
    ts: at.getTime() / 1000,
    ...more,
    session_context: context(call.sessionId, at),
  });
}

export function toolStart(call: ToolCall, args: object, at = new Date()): string {
  return toolMessage('tool_start', call, { args }, at);
}

export function toolProgress(call: ToolCall, pct: number, note: string, at = new Date()): string {
  return toolMessage('tool_progress', call, { pct, note }, at);
}

export function toolEnd(call: ToolCall, elapsedMs: number, result: object, at = new Date()): string {
  return toolMessage('tool_end', call, { status: 'success', elapsedMs, result, error: null }, at);
}

/** What the status envelope after a tool says. */
export function toolDone(tool: string): string {
  return `🛠️ ${tool} ✔️`;
}
