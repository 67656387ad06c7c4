/**
 * Users of kind http and grpc as the engine is given them. Texts are templates: `${env:…}` and `${secret:…}` are filled
 * in, `${name}` and `${name.field}` are left for each iteration. All times are milliseconds.
 */
import type { Check, Extract, Retries, Variable, Wait } from '#contract/scenario/request';
import type { PlanTarget } from './plan.ts';

export interface PlanFeed {
  name: string;
  rows: Record<string, unknown>[];
  order: 'per_user' | 'sequential' | 'random';
}

export interface PlanPart {
  name: string;
  /** A template; null: `bytes`. */
  value: string | null;
  bytes: SharedArrayBuffer | null;
  filename: string | null;
  type: string | null;
}

/** Files lie in memory that all threads share. Texts within `json` are templates. */
export type PlanBody =
  | { kind: 'json'; value: unknown }
  | { kind: 'form'; fields: Record<string, string> }
  | { kind: 'multipart'; parts: PlanPart[] }
  | { kind: 'text'; text: string }
  | { kind: 'bytes'; bytes: SharedArrayBuffer };

export interface PlanStream {
  format: 'sse' | 'ndjson' | 'chunks';
  token: string | null;
  done: string | null;
}

export interface PlanHttpRequest {
  /** `GET` … */
  method: string;
  /** A path that is added to the target's address, or a whole address. */
  address: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: PlanBody | null;
  stream: PlanStream | null;
  redirects: number;
}

export interface PlanRpcAudio {
  /** 16-bit mono samples at `sampleRate`. */
  samples: SharedArrayBuffer;
  sampleRate: number;
  field: string;
  chunkMs: number;
  realTime: boolean;
  message: unknown;
}

export interface PlanRpc {
  /** `package.Service/Method`, without a slash before. */
  rpc: string;
  /** null: the message is empty. */
  message: unknown;
  messages: unknown[];
  messageIntervalMs: number;
  audio: PlanRpcAudio | null;
  firstAudio: string | null;
  token: string | null;
  metadata: Record<string, string>;
}

export interface PlanStep {
  /** Index into `RunPlan.steps`. */
  id: number;
  checks: Check[];
  extract: Record<string, Extract>;
  retries: Retries;
  onFailure: 'end' | 'continue';
  pauseAfter: Wait | null;
  timeoutMs: number;
  /** Exactly one of the two. */
  http: PlanHttpRequest | null;
  rpc: PlanRpc | null;
}

/** Steps that are repeated together. A step outside of a group is a group of its own without a name. */
export interface PlanStepGroup {
  name: string | null;
  repeat: { from: number; to: number };
  probability: number;
  steps: PlanStep[];
}

export interface PlanTask {
  name: string;
  weight: number;
  groups: PlanStepGroup[];
}

export interface PlanJourney {
  onStart: PlanStepGroup[];
  onStop: PlanStepGroup[];
  /** One is chosen by weight for each iteration; `steps` of a scenario are a single one. */
  tasks: PlanTask[];
  wait: Wait;
  variables: Record<string, Variable>;
  feeds: PlanFeed[];
}

export interface PlanHttp {
  headers: Record<string, string>;
  cookies: boolean;
  version: '1.1' | '2' | 'auto';
  keepAlive: boolean;
  maxBodyBytes: number;
  connections: 'own' | number;
}

export interface PlanGrpc {
  /** A `FileDescriptorSet` (https://protobuf.dev/reference/protobuf/google.protobuf/#file-descriptor-set), serialised. */
  descriptors: Uint8Array;
  metadata: Record<string, string>;
  channels: 'own' | number;
}

interface PlanRequests {
  name: string;
  target: PlanTarget;
  connectTimeoutMs: number;
  journey: PlanJourney;
  /** One of the two, by `kind`. */
  http: PlanHttp | null;
  grpc: PlanGrpc | null;
}

/** A users entry of kind http or grpc. */
export interface PlanRequestUsers extends PlanRequests {
  kind: 'http' | 'grpc';
  weight: number;
  /** null: forever. */
  iterationsPerUser: number | null;
}

/** What runs once before or after the load: one iteration, or one for each row of a feed. */
export interface PlanStage extends PlanRequests {
  stage: 'setup' | 'teardown';
  kind: 'http' | 'grpc';
  /** Name of the feed. */
  forEach: string | null;
  parallel: number;
}
