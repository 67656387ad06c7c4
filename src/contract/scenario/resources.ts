/** What is watched beside a run: processes of this machine, and series of Prometheus endpoints. */
import { z } from 'zod';
import { PositiveDuration } from '../quantities.ts';
import { Headers, HttpUrl } from './addresses.ts';
import { parseSelector } from './selector.ts';
import { Name } from './words.ts';

const shortestPause = 500;
const longestPause = 60_000;
const most = 50;

/** A process of this machine: by its name or a part of its command line, by a port it listens on, or by its id. */
export const WatchedProcess = z
  .strictObject({
    name: Name.describe('What charts call it.'),
    process: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(500, 'must be at most 500 characters')
      .optional()
      .describe('Its name, or a part of its command line; all that fit are added up.'),
    port: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be a port, 1 to 65535')
      .max(65_535, 'must be a port, 1 to 65535')
      .optional()
      .describe('A TCP port that it listens on.'),
    pid: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .optional()
      .describe('Its process id; one that begins again has another.'),
    children: z.boolean().default(true).describe('Whether the processes it started are added.'),
  })
  .refine(({ process, port, pid }) => [process, port, pid].filter((way) => way !== undefined).length === 1, {
    message: 'must say which process: with one of "process", "port" and "pid"',
  });
export type WatchedProcess = z.output<typeof WatchedProcess>;

const Selector = z.string().superRefine((text, ctx) => {
  const parsed = parseSelector(text);
  if ('problem' in parsed)
    ctx.addIssue({ code: 'custom', message: `${JSON.stringify(text)} ${parsed.problem}` });
});

const WatchedSeriesMap = z.strictObject({
  series: Selector.describe('The metric with what its labels must be, like queue_depth{queue="tts"}.'),
  as: z
    .enum(['value', 'rate'])
    .optional()
    .describe('How it is shown: by itself a counter as a rate per second, everything else as its value.'),
  label: Name.optional().describe('What charts call it.'),
  sum: z.boolean().default(false).describe('Whether all that fit are added up, instead of a series each.'),
});

/** One or more series of an endpoint; short: the selector alone. */
export const WatchedSeries = z
  .union([Selector, WatchedSeriesMap])
  .transform((written) => (typeof written === 'string' ? { series: written, sum: false } : written));
export type WatchedSeries = z.output<typeof WatchedSeriesMap>;

export const PrometheusEndpoint = z.strictObject({
  name: Name.describe('What charts call it.'),
  url: HttpUrl.meta({
    description: 'Address of its metrics, http:// or https://.',
    examples: ['http://127.0.0.1:9090/metrics'],
  }),
  headers: Headers.default({}).describe(
    'Sent with the question; values may be ${env:NAME} and ${secret:NAME}.',
  ),
  series: z
    .array(WatchedSeries)
    .min(1, 'needs at least one series')
    .max(most, `must be at most ${most}`)
    .describe('Which of its series are kept.'),
});
export type PrometheusEndpoint = z.output<typeof PrometheusEndpoint>;

export const Resources = z
  .strictObject({
    every: PositiveDuration.refine(
      (ms) => ms >= shortestPause && ms <= longestPause,
      'must be between 500ms and 1m',
    )
      .default(2000)
      .describe('How often they are looked at.'),
    processes: z
      .array(WatchedProcess)
      .max(most, `must be at most ${most}`)
      .default([])
      .describe('Processes of this machine.'),
    prometheus: z
      .array(PrometheusEndpoint)
      .max(most, `must be at most ${most}`)
      .default([])
      .describe('Endpoints that speak the text format of Prometheus.'),
  })
  .superRefine(({ processes, prometheus }, ctx) => {
    for (const [key, list] of Object.entries({ processes, prometheus })) {
      list.forEach(({ name }, i) => {
        if (list.findIndex((other) => other.name === name) === i) return;
        const message = `${JSON.stringify(name)} is the name of another one already; charts tell them apart by it`;
        ctx.addIssue({ code: 'custom', path: [key, i, 'name'], message });
      });
    }
  });
export type Resources = z.output<typeof Resources>;
