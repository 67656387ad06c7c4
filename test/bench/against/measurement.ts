/** What every tool of the comparison writes at its end, and the figures that are made of it. */
import { z } from 'zod';
import { exactPercentile } from '../../../src/engine/measure/histogram.ts';
import { median } from '../load/window.ts';

const milliseconds = z.number().nonnegative();

/** One tool's steady window: the frames, CPU and wall time between its edges. Answer times are of the whole run. */
export const Measurement = z.object({
  /** Calls that were up at both edges. */
  users: z.number().int().nonnegative(),
  wall_s: z.number().positive(),
  /** User and system, all threads of the tool's process. */
  cpu_s: z.number().nonnegative(),
  /** 20 ms of audio each, however many of them one message carried. */
  frames_sent: z.number().int().nonnegative(),
  messages_sent: z.number().int().nonnegative(),
  frames_per_call_per_s: z.number().nonnegative(),
  lateness_ms: z.object({ p50: milliseconds, p99: milliseconds, max: milliseconds }),
  /** What the tool says of the agent's answers; a tool without the notion has an empty list. */
  ttfb_ms: z.array(milliseconds),
  ttfa_ms: z.array(milliseconds),
  /** Peak of the process. */
  rss_mb: z.number().positive(),
  errors: z.number().int().nonnegative(),
});
export type Measurement = z.output<typeof Measurement>;

/** Answer times by the agent's own record, ms. */
export interface TrueTimes {
  ttfb: number[];
  ttfa: number[];
}

/** What one run of a tool comes to. Times in ms; null: the tool has no such figure. */
export interface Figures {
  /** User and system, per 20 ms of audio sent. */
  cpuUsPerFrame: number;
  /** The same per message: the common script sends its trailing noise in messages of 100 ms. */
  cpuUsPerMessage: number;
  framesPerCallPerSecond: number;
  latenessP50: number;
  latenessP99: number;
  ttfbP50: number | null;
  ttfbP95: number | null;
  trueTtfbP50: number | null;
  trueTtfbP95: number | null;
  ttfaP50: number | null;
  ttfaP95: number | null;
  trueTtfaP50: number | null;
  trueTtfaP95: number | null;
  rssMb: number;
  /** Cores in use: 1 is a whole one. */
  cores: number;
  errors: number;
}

/** Reads a tool's file. Throws an `Error` that names the tool and what is wrong with its measurement. */
export function parseMeasurement(tool: string, text: string): Measurement {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`The measurement of ${tool} is not JSON: ${text.slice(0, 80)}`);
  }
  const parsed = Measurement.safeParse(json);
  if (!parsed.success)
    throw new Error(`The measurement of ${tool} is unusable: ${z.prettifyError(parsed.error)}`);
  const { frames_sent, messages_sent, users, errors } = parsed.data;
  if (frames_sent === 0 || messages_sent === 0 || users === 0)
    throw new Error(`${tool} sent nothing in its steady window: ${errors} errors`);
  return parsed.data;
}

function percentiles(values: readonly number[]): [p50: number | null, p95: number | null] {
  const sorted = [...values].sort((a, b) => a - b);
  return [exactPercentile(sorted, 50), exactPercentile(sorted, 95)];
}

/** The figures of one run, the agent's own record beside the tool's word. */
export function figuresOf(measured: Measurement, truth: TrueTimes): Figures {
  const [ttfbP50, ttfbP95] = percentiles(measured.ttfb_ms);
  const [ttfaP50, ttfaP95] = percentiles(measured.ttfa_ms);
  const [trueTtfbP50, trueTtfbP95] = percentiles(truth.ttfb);
  const [trueTtfaP50, trueTtfaP95] = percentiles(truth.ttfa);
  return {
    cpuUsPerFrame: (measured.cpu_s * 1e6) / measured.frames_sent,
    cpuUsPerMessage: (measured.cpu_s * 1e6) / measured.messages_sent,
    framesPerCallPerSecond: measured.frames_per_call_per_s,
    latenessP50: measured.lateness_ms.p50,
    latenessP99: measured.lateness_ms.p99,
    ttfbP50, ttfbP95, trueTtfbP50, trueTtfbP95,
    ttfaP50, ttfaP95, trueTtfaP50, trueTtfaP95,
    rssMb: measured.rss_mb,
    cores: measured.cpu_s / measured.wall_s,
    errors: measured.errors,
  }; // prettier-ignore
}

/** The median of each figure over the rounds; a round without the figure does not count. Throws when there is no round. */
export function medianFigures(rounds: readonly Figures[]): Figures {
  const known = (of: (f: Figures) => number | null) => {
    const values = rounds.map(of).filter((v) => v !== null);
    return values.length > 0 ? median(values) : null;
  };
  const always = (of: (f: Figures) => number) => {
    const middle = known(of);
    if (middle === null) throw new Error('A median needs at least one round');
    return middle;
  };
  return {
    cpuUsPerFrame: always((f) => f.cpuUsPerFrame),
    cpuUsPerMessage: always((f) => f.cpuUsPerMessage),
    framesPerCallPerSecond: always((f) => f.framesPerCallPerSecond),
    latenessP50: always((f) => f.latenessP50),
    latenessP99: always((f) => f.latenessP99),
    ttfbP50: known((f) => f.ttfbP50),
    ttfbP95: known((f) => f.ttfbP95),
    trueTtfbP50: known((f) => f.trueTtfbP50),
    trueTtfbP95: known((f) => f.trueTtfbP95),
    ttfaP50: known((f) => f.ttfaP50),
    ttfaP95: known((f) => f.ttfaP95),
    trueTtfaP50: known((f) => f.trueTtfaP50),
    trueTtfaP95: known((f) => f.trueTtfaP95),
    rssMb: always((f) => f.rssMb),
    cores: always((f) => f.cores),
    errors: always((f) => f.errors),
  };
}
