/** What the comparison with Locust comes to, and its table. */
import type { Figures } from './measurement.ts';
import type { Locust } from './findLocust.ts';

export const tools = ['crosstalk', 'common', 'tuned'] as const;
export type Tool = (typeof tools)[number];

/** How many times cheaper per frame than each Locust user Crosstalk means to be. */
export const goals = { common: 10, tuned: 3 } as const;

export interface ToolResult {
  medians: Figures;
  /** In the order they were run. */
  rounds: Figures[];
}

export interface LocustComparison {
  /** Calls each tool held at once. */
  users: number;
  /** Length of the steady window. */
  seconds: number;
  rounds: number;
  locust: Locust;
  tools: Record<Tool, ToolResult>;
  /** Locust's CPU time per frame (20 ms of audio) sent ÷ Crosstalk's, of the medians. */
  ratios: { common: number; tuned: number };
  /** Crosstalk by itself at a higher load, when it was asked for: its cost per frame falls with the number of calls. */
  alone: { users: number; figures: Figures } | null;
}

const names: Record<Tool, string> = {
  crosstalk: 'Crosstalk',
  common: 'Locust, common script',
  tuned: 'Locust, tuned',
};

function figure(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}

function pair(p50: number | null, p95: number | null): string {
  return `${figure(p50, 0)} / ${figure(p95, 0)}`;
}

const columns: readonly { head: string; cell: (f: Figures) => string }[] = [
  { head: 'µs/frame', cell: (f) => figure(f.cpuUsPerFrame, 1) },
  { head: 'µs/message', cell: (f) => figure(f.cpuUsPerMessage, 1) },
  { head: 'cores', cell: (f) => figure(f.cores, 2) },
  { head: 'frames/s/call', cell: (f) => figure(f.framesPerCallPerSecond, 2) },
  { head: 'late p50', cell: (f) => figure(f.latenessP50, 2) },
  { head: 'late p99', cell: (f) => figure(f.latenessP99, 2) },
  { head: 'ttfb said', cell: (f) => pair(f.ttfbP50, f.ttfbP95) },
  { head: 'ttfb true', cell: (f) => pair(f.trueTtfbP50, f.trueTtfbP95) },
  { head: 'ttfa said', cell: (f) => pair(f.ttfaP50, f.ttfaP95) },
  { head: 'ttfa true', cell: (f) => pair(f.trueTtfaP50, f.trueTtfaP95) },
  { head: 'MB', cell: (f) => figure(f.rssMb, 0) },
  { head: 'errors', cell: (f) => figure(f.errors, 0) },
];

function verdict(name: string, ratio: number, goal: number): string {
  const met = ratio >= goal ? 'met' : 'not met';
  return `${name} costs ${ratio.toFixed(1)} times what Crosstalk does for a frame (goal: at least ${goal}, ${met})`;
}

/** The comparison as a table for a terminal, without a trailing line break. Lateness and answers in ms, answers as p50 / p95. */
export function locustTable(comparison: LocustComparison): string {
  const { users, seconds, rounds, locust, ratios, alone } = comparison;
  const rows = tools.map((tool) => ({ name: names[tool], figures: comparison.tools[tool].medians }));
  if (alone) rows.push({ name: `Crosstalk, ${alone.users} calls`, figures: alone.figures });
  const lines = [
    ['', ...columns.map((c) => c.head)],
    ...rows.map((row) => [row.name, ...columns.map((c) => c.cell(row.figures))]),
  ];
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  const table = lines.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  return [
    `${users} calls, windows of ${seconds} s, medians of ${rounds} interleaved rounds; ${locust.versions} (${locust.python})`,
    'A frame is 20 ms of audio; times in ms; said: by the tool, true: by the agent itself, as p50 / p95',
    ...table,
    verdict('The common script', ratios.common, goals.common),
    verdict('The tuned user', ratios.tuned, goals.tuned),
  ].join('\n');
}
