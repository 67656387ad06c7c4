/** The three shapes in which k6 writes a summary, told apart by what is in them and read into one. */
import { z } from 'zod';
import type { K6Threshold } from './threshold.ts';

export interface SummaryMetric {
  name: string;
  /** Where the shape says; else worked out from its values. */
  type: 'trend' | 'counter' | 'gauge' | 'rate';
  /** `time`: milliseconds; null: the shape does not say. */
  contains: string | null;
  values: Record<string, number>;
}

export interface Check {
  name: string;
  passes: number;
  fails: number;
}

export interface Summary {
  shape: 'summary_export' | 'handle_summary' | 'machine_readable';
  metrics: SummaryMetric[];
  thresholds: K6Threshold[];
  checks: Check[];
  durationMs: number | null;
  /** Epoch ms at which it was written; null: it does not say. */
  writtenMs: number | null;
  script: string | null;
}

const values = z.record(z.string(), z.unknown());
const count = z.number().min(0);
const CheckShape = z.object({ name: z.string(), passes: count, fails: count });

interface GroupShape {
  groups?: unknown;
  checks?: unknown;
}

function numbersIn(record: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) =>
      typeof value === 'number' && Number.isFinite(value) ? [[key, value]] : [],
    ),
  );
}

function typeOf(found: Record<string, number>): SummaryMetric['type'] {
  if ('avg' in found || 'med' in found || Object.keys(found).some((key) => key.startsWith('p(')))
    return 'trend';
  if ('passes' in found || 'matches' in found || ('fails' in found && 'value' in found)) return 'rate';
  if ('count' in found) return 'counter';
  return 'rate' in found && !('value' in found) ? 'rate' : 'gauge';
}

const types = ['trend', 'counter', 'gauge', 'rate'] as const;
const typed = (text: unknown, found: Record<string, number>) =>
  types.find((type) => type === text) ?? typeOf(found);

/** Names that only k6 has: what tells a summary from any other JSON with `metrics`. */
const builtIn =
  /^(iterations|iteration_duration|vus|vus_max|data_(sent|received)|http_req\w*|ws_\w+|grpc_\w+|checks|group_duration|dropped_iterations)(\{|$)/;

/** Whether this is a summary of k6 in one of its shapes. */
export function isSummary(content: unknown): boolean {
  return shapeOf(content) !== null;
}

function shapeOf(content: unknown): Summary['shape'] | null {
  const machine = z.object({
    results: z.object({ metrics: z.array(z.object({ name: z.string(), type: z.string() })) }),
  });
  if (machine.safeParse(content).success) return 'machine_readable';
  const whole = z.object({ metrics: z.record(z.string(), values) }).safeParse(content);
  if (!whole.success) return null;
  const metrics = Object.entries(whole.data.metrics);
  const nested = metrics.some(([, metric]) => typeof metric.values === 'object' && metric.values !== null);
  if (nested && metrics.some(([, metric]) => typeof metric.type === 'string')) return 'handle_summary';
  return metrics.some(([name]) => builtIn.test(name)) ? 'summary_export' : null;
}

/** Reads a summary; null: it is none. */
export function readShape(content: unknown): Summary | null {
  const shape = shapeOf(content);
  if (shape === null) return null;
  try {
    return shape === 'machine_readable' ? machineReadable(content) : legacy(content, shape);
  } catch (thrown) {
    if (thrown instanceof z.ZodError) return null;
    throw thrown;
  }
}

/** `--summary-export` and the argument of handleSummary differ in where values lie and in what `true` means for a threshold. */
function legacy(content: unknown, shape: 'summary_export' | 'handle_summary'): Summary {
  const parsed = z
    .object({
      metrics: z.record(z.string(), values),
      root_group: z.unknown().optional(),
      state: z
        .object({ testRunDurationMs: z.number().min(0) })
        .optional()
        .catch(undefined),
    })
    .parse(content);
  const metrics: SummaryMetric[] = [];
  const thresholds: K6Threshold[] = [];
  for (const [name, metric] of Object.entries(parsed.metrics)) {
    const inner = shape === 'handle_summary' ? values.safeParse(metric.values).data : undefined;
    const found = numbersIn(inner ?? metric);
    metrics.push({
      name,
      type: typed(metric.type, found),
      contains: typeof metric.contains === 'string' ? metric.contains : null,
      values: found,
    });
    for (const [text, result] of Object.entries(values.safeParse(metric.thresholds).data ?? {})) {
      const passed = passedIn(result);
      if (passed !== null) thresholds.push({ metric: name, text, passed, value: null });
    }
  }
  return {
    shape,
    metrics,
    thresholds: thresholds.map((threshold) => ({ ...threshold, value: valueFor(metrics, threshold) })),
    checks: checksIn(parsed.root_group, 0),
    durationMs: parsed.state?.testRunDurationMs ?? durationFrom(metrics),
    writtenMs: null,
    script: null,
  };
}

/** A bare `true` means that the threshold was crossed (k6's own trap); an object says `ok`. */
function passedIn(result: unknown): boolean | null {
  if (typeof result === 'boolean') return !result;
  const found = z.object({ ok: z.boolean() }).safeParse(result);
  return found.success ? found.data.ok : null;
}

/** A counter says how many there were and how many in a second. */
function durationFrom(metrics: readonly SummaryMetric[]): number | null {
  for (const name of ['iterations', 'http_reqs', 'data_sent', 'ws_sessions']) {
    const found = metrics.find((metric) => metric.name === name)?.values;
    if (found?.count !== undefined && found.rate !== undefined && found.rate > 0)
      return (found.count / found.rate) * 1000;
  }
  return null;
}

function checksIn(group: unknown, depth: number): Check[] {
  const parsed = z.object({ groups: z.unknown(), checks: z.unknown() }).partial().safeParse(group);
  if (!parsed.success || depth > 20) return [];
  const { groups, checks }: GroupShape = parsed.data;
  const listOf = (found: unknown): unknown[] =>
    Array.isArray(found) ? found : Object.values(values.safeParse(found).data ?? {});
  const own = listOf(checks).flatMap((check) => {
    const read = CheckShape.safeParse(check);
    return read.success ? [read.data] : [];
  });
  return [...own, ...listOf(groups).flatMap((inner) => checksIn(inner, depth + 1))];
}

function machineReadable(content: unknown): Summary {
  const metric = z.object({
    name: z.string(),
    type: z.string(),
    contains: z.string().optional(),
    values: values.default({}),
    thresholds: z.unknown().optional(),
  });
  const parsed = z
    .object({
      metadata: z.object({ generatedAt: z.string() }).partial().optional().catch(undefined),
      config: z
        .object({ duration: z.union([z.number(), z.string()]), script: z.string() })
        .partial()
        .optional()
        .catch(undefined),
      results: z.object({
        metrics: z.array(metric),
        checks: z
          .object({ results: z.array(CheckShape) })
          .partial()
          .optional()
          .catch(undefined),
        thresholds: z.unknown().optional(),
      }),
    })
    .parse(content);
  const metrics = parsed.results.metrics.map((one): SummaryMetric => {
    const found = numbersIn(one.values);
    return { name: one.name, type: typed(one.type, found), contains: one.contains ?? null, values: found };
  });
  const thresholds = parsed.results.metrics.flatMap((one) => thresholdsIn(one.name, one.thresholds));
  const written = Date.parse(parsed.metadata?.generatedAt ?? '');
  return {
    shape: 'machine_readable',
    metrics,
    thresholds: thresholds.map((threshold) => ({ ...threshold, value: valueFor(metrics, threshold) })),
    checks: parsed.results.checks?.results ?? [],
    durationMs: secondsOf(parsed.config?.duration) ?? durationFrom(metrics),
    writtenMs: Number.isFinite(written) ? written : null,
    script: parsed.config?.script ?? null,
  };
}

/** As an object by expression, or as a list of `{source, ok}`. */
function thresholdsIn(metric: string, found: unknown): K6Threshold[] {
  const list = z.array(z.object({ source: z.string(), ok: z.boolean() })).safeParse(found);
  if (list.success)
    return list.data.map(({ source, ok }) => ({ metric, text: source, passed: ok, value: null }));
  return Object.entries(values.safeParse(found).data ?? {}).flatMap(([text, result]) => {
    const read = z.object({ ok: z.boolean() }).safeParse(result);
    return read.success ? [{ metric, text, passed: read.data.ok, value: null }] : [];
  });
}

/** `config.duration`: seconds as a number, or text like `1m30s`. */
function secondsOf(duration: number | string | undefined): number | null {
  if (typeof duration === 'number')
    return duration >= 0 && Number.isFinite(duration) ? duration * 1000 : null;
  if (duration === undefined) return null;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|m(?!s)|s|ms)/g)];
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const total = parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ''] ?? 0), 0);
  return parts.length > 0 ? total : null;
}

function valueFor(
  metrics: readonly SummaryMetric[],
  { metric, text }: { metric: string; text: string },
): number | null {
  const found = metrics.find(({ name }) => name === metric)?.values ?? {};
  const aggregation =
    /^\s*([a-z]+(?:\([^)]*\))?)/i.exec(text)?.[1]?.toLowerCase().replaceAll(/\s/g, '') ?? '';
  return found[aggregation] ?? (aggregation === 'rate' ? (found.value ?? null) : null);
}
