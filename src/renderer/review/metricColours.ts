/** Which colour a latency metric has where several are drawn into one plot. */
import type { LatencyMetric } from '#contract/metrics';

export interface MetricLine {
  /** Name of its colour variable. */
  colour: string;
  /** Told apart from the metric that shares its colour. */
  dashed: boolean;
}

const solid = (colour: string): MetricLine => ({ colour: `--series-${colour}`, dashed: false });
const dashed = (colour: string): MetricLine => ({ colour: `--series-${colour}`, dashed: true });

/** `ttfa` and `barge_in` have the colours of their p95 in the charts. */
export const metricLines: Record<LatencyMetric, MetricLine> = {
  ttfa: solid('orange'),
  barge_in: solid('purple'),
  ttfb: solid('sky'),
  recognition: solid('yellow'),
  processing: solid('blue'),
  turn: solid('vermillion'),
  response: solid('green'),
  delivery: solid('neutral'),
  ttfa_audible: dashed('orange'),
  leftover_audio: dashed('purple'),
  talk_over: dashed('vermillion'),
  underrun: dashed('yellow'),
  greeting: dashed('green'),
  connect: dashed('blue'),
  upgrade: dashed('sky'),
  dns: dashed('neutral'),
  tcp: dashed('neutral'),
  tls: dashed('neutral'),
  frame_lateness: dashed('neutral'),
  request: solid('orange'),
  request_uncorrected: dashed('orange'),
  queue: solid('neutral'),
  first_byte: solid('sky'),
  download: solid('green'),
  first_token: solid('purple'),
  tokens_per_second: solid('yellow'),
  first_audio: solid('blue'),
  final_result: solid('vermillion'),
  iteration: dashed('green'),
  iteration_uncorrected: dashed('neutral'),
};
