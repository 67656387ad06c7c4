/**
 * What the engine is given to run: everything resolved, nothing left to look up. Built by `src/main/scenarios`
 * from a scenario file; crosses to the workers by structured clone (clip samples are shared, not copied).
 * All times are milliseconds.
 */
import type { VoicedSpan } from '#contract/audio/level';
import type { RequestStep } from '#contract/requests';
import type { TargetProtocol } from '#contract/scenario/environment';
import type { Threshold, Timeouts } from '#contract/scenario/file';
import type { LoadProfile, VuProfile } from '#contract/scenario/load';
import type { PlanRequestUsers, PlanStage } from './requestPlan.ts';

/** One utterance's audio, already at the rate of the wire. */
export interface PlanClip {
  /** Shown in results: the file's name, or what is said. */
  name: string;
  /** 16-bit mono samples, held once per process. */
  samples: SharedArrayBuffer;
  sampleRate: number;
  voiced: VoicedSpan;
}

export interface PlanBargeIn {
  /** From the answer's first audio to the interruption's first voiced frame. */
  afterMs: number;
  probability: number;
  /** Index of a clip of its own; null: the next turn's utterance interrupts. */
  clip: number | null;
}

export interface PlanTurn {
  name: string;
  /** Index into `RunPlan.clips`. */
  clip: number;
  pauseBeforeMs: number;
  timeouts: Timeouts;
  bargeIn: PlanBargeIn | null;
}

export interface PlanConversation {
  name: string;
  weight: number;
  turns: PlanTurn[];
}

export interface PlanTarget {
  /** With placeholders filled in: never stored, never shown. */
  url: string;
  /** The address as written, for people: placeholders stand, secrets are masked. */
  shownUrl: string;
  protocol: TargetProtocol;
  /** With secrets filled in: never stored, never logged. */
  headers: Record<string, string>;
  tls: PlanTls;
  /** Offered before the protocol's own. */
  subprotocol?: string | null;
  /** An HTTP proxy that is asked to CONNECT, credentials filled in: never shown. */
  proxy?: string | null;
}

/** Certificates and keys are PEM texts. */
export interface PlanTls {
  verify: boolean;
  ca: string | null;
  /** What this side shows, when the other asks for it. */
  cert?: string | null;
  key?: string | null;
  passphrase?: string | null;
}

/** What one load asks for, and of whom. */
export interface PlanLoad {
  /** As the scenario calls it; `short` for the short form. */
  executor: string;
  profile: LoadProfile;
  /** Indices into `RunPlan.users`. */
  users: number[];
  /** Begins so long after the start of the run. */
  startAfterMs: number;
}

/** The load of users over time that the program itself sets, for all users entries of a plan. */
export function loadOf(users: readonly unknown[], profile: Omit<VuProfile, 'kind'>): PlanLoad[] {
  const all = users.map((_, i) => i);
  return [{ executor: 'ramping-vus', profile: { kind: 'users', ...profile }, users: all, startAfterMs: 0 }];
}

/** Callers who speak. */
export interface PlanVoiceUsers {
  kind: 'voice';
  name: string;
  weight: number;
  target: PlanTarget;
  conversations: PlanConversation[];
  /** null: the whole conversation. */
  turnsPerCall: number | null;
  /** null: forever. */
  callsPerUser: number | null;
  greeting: 'wait' | 'ignore';
  silence: 'continuous' | 'tail';
  timeouts: Timeouts;
  markers: { response: string[]; end: string[] };
  reconnect: { attempts: number; backoffMs: number };
  benignCloseCodes: number[];
}

export type PlanUsers = PlanVoiceUsers | PlanRequestUsers;

export interface PlanAudio {
  sampleRate: number;
  /** Length of a frame on the wire. */
  frameMs: number;
  speechLevel: number;
  audibleLevel: number;
}

export interface RunPlan {
  runId: string;
  scenario: string;
  environment: string;
  seed: number;
  audio: PlanAudio;
  clips: PlanClip[];
  users: PlanUsers[];
  /** At least one; each for its own users entries. */
  loads: PlanLoad[];
  warmUpMs: number;
  periods: { name: string; from: number; to: number }[];
  thresholds: Threshold[];
  /** Engine threads; null: by cores. */
  workers: number | null;
  /** Share of calls whose audio and messages are kept, 0–1; left out: none. */
  record?: number;
  /** Of calls that fail and of the slowest the last messages are kept. */
  remember?: boolean;
  /** Every request that users of kind http and grpc may make, set-up and tear-down included. */
  steps: RequestStep[];
  /** In order. */
  stages: PlanStage[];
  /** Values of secrets that were filled in: masked in all that is kept of requests. */
  secrets: string[];
  /** A single run-through: the contents of all its requests are kept. */
  keepAll?: boolean;
  /** Of the calls that are kept, every frame is told by itself. */
  everyFrame?: boolean;
  /** What the operator overrode, in words, kept with the run. */
  applied: string[];
}
