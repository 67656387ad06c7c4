/** What a conversation is given, and what it tells. */
import type { CallRecord, TurnRecord } from '#contract/run';
import type { Timeouts } from '#contract/scenario/file';
import type { PlanTurn } from '../plan.ts';
import type { Utterance } from './microphone.ts';

export interface ConversationSettings {
  callId: string;
  vu: number;
  user: string;
  conversation: string;
  frameMs: number;
  greeting: 'wait' | 'ignore';
  timeouts: Timeouts;
  /** The turns of this call in order, already cycled and cut to length. */
  turns: readonly PlanTurn[];
  /** Number of the first turn: 1, or where a reconnected call goes on. */
  firstIndex: number;
  benignCloseCodes: readonly number[];
  /** Uniform in [0, 1): decides whether a turn's answer is interrupted. */
  random: () => number;
  utterance: (clip: number) => Utterance;
}

export interface ConversationListener {
  onTurn(record: TurnRecord): void;
  onError(kind: string, message: string, turn: number | null, at: number): void;
  /** A latency as soon as it is known, for live figures; its turn's record follows when the turn is through. */
  onMeasured(metric: 'ttfa' | 'barge_in', ms: number): void;
}

export interface ConversationCounts {
  stopIdle: number;
  cutShort: number;
  greetingMs: number | null;
  greetingMissing: boolean;
  continuousAgent: boolean;
  turnsStarted: number;
}

/** How a connection ended, for its record. */
export type CallEnd = Pick<CallRecord, 'outcome' | 'error'>;
