/** A second's figures as a run of many calls gives them. */
import type { Sample, WorkerHealth } from '../../../src/contract/run.ts';
import { aSample, aWorker } from '../../../src/main/history/testing.ts';
import type { Second } from './conversation.ts';

const workers = 2;

/** A second's figures with as many digits as measured ones have. */
export function sampleOf(
  t: number,
  calls: number,
  { turns, calls: ended, errors }: Second,
  random: () => number,
): Sample {
  const about = (n: number) => n * (0.8 + 0.4 * random());
  const percentiles = (p50: number) => ({
    count: 700,
    p50: about(p50),
    p95: about(2 * p50),
    p99: about(3 * p50),
  });
  const health = (): Partial<WorkerHealth> => ({
    active: calls / workers,
    eventLoop: about(0.3),
    loopDelay: about(4),
    loopDelayP99: about(2),
    latenessP50: about(0.4),
    latenessP99: about(2),
    latenessMax: about(5),
    bufferedBytes: Math.round(about(1300)),
    cpu: about(0.35),
    heapMb: about(40),
    externalMb: about(9),
    gcCount: Math.round(about(9)),
    gcPauseMs: about(7),
    gcLongestMs: about(2),
    runQueue: about(0.03),
  });
  const base = aSample(t);
  return {
    ...base,
    at: t * 1000 + random(),
    asked: calls,
    active: calls,
    callsAttempted: ended.length,
    callsConnected: ended.length,
    turnsOk: turns.filter((turn) => turn.status === 'ok').length,
    turnsFailed: turns.filter((turn) => turn.status !== 'ok').length,
    framesSent: calls * 50,
    framesReceived: calls * 25,
    bytesSent: calls * 50 * 1750,
    bytesReceived: calls * 25 * 1750,
    errors: errors.length === 0 ? {} : { first_byte_timeout: errors.length },
    ttfa: percentiles(730),
    bargeIn: percentiles(190),
    connect: percentiles(2),
    generator: {
      ...base.generator,
      ...health(),
      rssMb: about(300),
      cpu: about(0.9),
      workers: Array.from({ length: workers }, (_, i) => aWorker(i + 1, health())),
    },
  };
}
