/** Runs the floor over one window. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LatenessDelta } from '../../../src/engine/messages.ts';
import { LatencyHistogram } from '../../../src/engine/measure/histogram.ts';
import { pause, type Window, type WindowOptions } from './window.ts';

export interface FloorOptions {
  port: number;
  calls: number;
  sends: boolean;
  payloadBytes: number;
  /** Certificate authority; null: plain. */
  ca: string | null;
}

export interface FloorReport {
  at: number;
  framesSent: number;
  bytesReceived: number;
  slipped: number;
  lateness: LatenessDelta;
}

/** Opens the sockets, lets them settle, and measures one window. Rejects when a socket cannot be opened. */
export async function floorWindow(
  options: FloorOptions,
  { settleMs, windowMs, signal }: WindowOptions,
): Promise<Window> {
  const worker = new Worker(new URL('./floorWorker.ts', import.meta.url), { workerData: options });
  try {
    const failed = once(worker, 'error').then(([error]) => Promise.reject(error as Error));
    const next = async () => (await Promise.race([once(worker, 'message'), failed]))[0] as unknown;
    const report = async () => {
      worker.postMessage('report');
      return (await next()) as FloorReport;
    };
    await next();
    await pause(settleMs, signal);
    const from = await report();
    const cpuFrom = process.cpuUsage();
    await pause(windowMs, signal);
    const to = await report();
    const cpu = process.cpuUsage(cpuFrom);
    const lateness = new LatencyHistogram();
    to.lateness.values.forEach((us, i) => lateness.record(us / 1000, to.lateness.counts[i] ?? 0));
    const seconds = (to.at - from.at) / 1000;
    const framesSent = to.framesSent - from.framesSent;
    return {
      seconds,
      framesSent,
      framesDue: options.sends ? options.calls * 50 * seconds : 0,
      framesReceived: 0,
      bytesReceived: to.bytesReceived - from.bytesReceived,
      cpuUs: cpu.user + cpu.system,
      lateness: lateness.summary(),
      slipped: to.slipped - from.slipped,
      threadCpuUs: null,
      eventLoop: null,
      untrusted: [],
      firstMinute: null,
      lastMinute: null,
    };
  } finally {
    worker.postMessage('end');
    await once(worker, 'exit');
  }
}
