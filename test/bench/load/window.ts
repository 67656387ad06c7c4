/** One window of a load, by whoever made it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricSummary } from '../../../src/contract/run.ts';

export interface Window {
  seconds: number;
  framesSent: number;
  framesDue: number;
  framesReceived: number;
  bytesReceived: number;
  /** User and system, all threads of the process that makes the load. */
  cpuUs: number;
  /** Of that, on the threads that hold the calls; null where it is not known. */
  threadCpuUs: number | null;
  /** Of the frames of this window. */
  lateness: MetricSummary;
  slipped: number;
  /** Utilisation of the busiest thread; null where it is not known. */
  eventLoop: number | null;
  untrusted: string[];
  /** Medians over the seconds of the first and of the last minute; null where seconds are not told apart. */
  firstMinute: MinuteLateness | null;
  lastMinute: MinuteLateness | null;
}

export interface MinuteLateness {
  latenessP50: number;
  latenessP99: number;
}

export interface WindowOptions {
  settleMs: number;
  windowMs: number;
  signal?: AbortSignal | undefined;
}

/** Rejects with the signal's reason when aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, signal ? { signal } : {});
}

/** Not a number when there are no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** CPU microseconds per frame sent. */
export function cpuPerFrameSent(window: Window): number {
  return window.cpuUs / window.framesSent;
}

/** CPU microseconds per message of the peer, whose size is known. */
export function cpuPerFrameReceived(window: Window, messageBytes: number): number {
  return window.cpuUs / (window.bytesReceived / messageBytes);
}

/** Share of the frames that were due and went out. */
export function deliveredShare(window: Window): number {
  return window.framesSent / window.framesDue;
}
