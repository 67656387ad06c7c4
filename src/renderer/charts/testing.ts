/** Seconds of a run for the tests of what is drawn of them. */
import type { Sample } from '#contract/run';
import { withoutRequests } from '#contract/withoutRequests';

/** A second in which ten users are asked for and eight call, with whatever else it is to have. */
export function sampleOf(t: number, more: Partial<Sample> = {}): Sample {
  const empty = { count: 0, p50: null, p95: null, p99: null };
  return {
    t,
    at: 500 + t * 1000,
    span: 1,
    asked: 10,
    arrivalsAsked: 0,
    arrivalsDropped: 0,
    active: 8,
    connecting: 2,
    callsAttempted: 1,
    callsConnected: 1,
    callsFailed: 0,
    callsDropped: 0,
    turnsOk: 3,
    turnsFailed: 1,
    framesSent: 0,
    framesReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    errors: {},
    ttfa: empty,
    bargeIn: empty,
    connect: empty,
    ...withoutRequests.sample,
    generator: {
      latenessP50: 0.1,
      latenessP99: 1,
      latenessMax: 2,
      eventLoop: 0.2,
      loopDelay: 3,
      cpu: 0.3,
      rssMb: 100,
      gcPauseMs: 0,
      bufferedBytes: 0,
      slipped: 0,
      runQueue: null,
      idleCores: null,
      workers: [],
    },
    ...more,
  };
}
