/** A call as its user holds it, and the record that is left of it. */
import type { CallRecord } from '#contract/run';
import type { Conversation } from '../call/conversation.ts';
import type { PlanTurn } from '../plan.ts';
import type { Outgoing, ProtocolSession } from '../protocols/adapter.ts';
import type { CallRecorder } from '../recording/callRecorder.ts';
import type { RememberedCall } from '../recording/rememberedCall.ts';
import type { Connection, ConnectTimings } from '../transport/transport.ts';

/** What a call needs to go on after a reconnection. */
export interface CallPlan {
  callId: string;
  conversation: string;
  turns: readonly PlanTurn[];
  firstIndex: number;
  attempt: number;
  reconnects: number;
  /** Its audio and messages are kept. */
  recorded: boolean;
}

export interface OpenCall {
  plan: CallPlan;
  connection: Connection;
  session: ProtocolSession;
  conversation: Conversation | null;
  /** null: the call is not recorded. */
  recorder: CallRecorder | null;
  /** The last messages of a call that is not recorded; null: nothing is remembered of it. */
  memory: RememberedCall | null;
  /** Its longest time to first audio so far, ms, and whether one of its turns failed. */
  slowest: number | null;
  turnFailed: boolean;
  startedAt: number;
  timings: ConnectTimings | null;
  connectedAt: number | null;
  framesSent: number;
  framesReceived: number;
  slipped: number;
  stuck: boolean;
  pendingAnswers: { at: number; message: Outgoing }[];
}

/** What the record says beyond the call itself. `connectMs` stands in where the connect timed out. */
export interface CallEnding extends Pick<
  CallRecord,
  'vu' | 'user' | 'endedAt' | 'outcome' | 'closeCode' | 'error'
> {
  connectMs: number | null;
}

export function callRecord(call: OpenCall, { connectMs, ...ending }: CallEnding): CallRecord {
  const { conversation, plan, timings } = call;
  const counts = conversation?.counts;
  return {
    ...ending,
    callId: plan.callId,
    attempt: plan.attempt,
    startedAt: call.startedAt,
    connectedAt: call.connectedAt,
    connect: timings?.connect ?? connectMs,
    dns: timings?.dns ?? null,
    tcp: timings?.tcp ?? null,
    tls: timings?.tls ?? null,
    upgrade: timings?.upgrade ?? null,
    greeting: counts?.greetingMs ?? null,
    greetingMissing: counts?.greetingMissing ?? false,
    turns: counts?.turnsStarted ?? 0,
    framesSent: call.framesSent,
    framesReceived: call.framesReceived,
    continuousAgent: counts?.continuousAgent ?? false,
    stopIdle: counts?.stopIdle ?? 0,
    cutShort: counts?.cutShort ?? 0,
    slipped: call.slipped,
  };
}
