/**
 * `npm run bench:charts`: whether the charts of a run stay smooth and small. Ten hours of seconds are fed to all charts of the
 * overview in Chromium; then they are panned for five seconds each over a minute, an hour and five hours.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { chromium, type CDPSession, type Page } from 'playwright';
import { build } from 'vite';

const root = join(import.meta.dirname, '..', '..');
const seconds = 36_000;
const panMs = 5000;
/** Longest frame that still looks like motion at 60 redraws a second, of which one may be missed. */
const dropped = 34;
/** What memory may grow by between the first hour and the tenth, MB. */
const growth = 8;

interface Charts {
  start(): void;
  feed(count: number): Promise<void>;
  pan(length: number, forMs: number): Promise<number[]>;
  idle(forMs: number): Promise<number[]>;
  rows(): number;
  drawn(): number;
}
declare global {
  interface Window {
    charts: Charts;
  }
}

async function bundle(): Promise<{ script: string; style: string }> {
  const made = await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
    build: {
      write: false,
      cssCodeSplit: false,
      lib: { entry: join(root, 'test/bench/charts/page.ts'), formats: ['iife'], name: 'bench' },
    },
  });
  const outputs = (Array.isArray(made) ? made : [made]).flatMap((one) => ('output' in one ? one.output : []));
  const script = outputs.find((file) => file.type === 'chunk')?.code;
  const style = outputs.find((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
  if (script === undefined || style?.type !== 'asset') throw new Error('The page could not be bundled.');
  return { script, style: String(style.source) };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function told(frames: readonly number[]): string {
  const late = frames.filter((ms) => ms > dropped).length;
  const figure = (share: number) => percentile(frames, share).toFixed(1);
  return `${frames.length} frames, p50 ${figure(0.5)} ms, p99 ${figure(0.99)} ms, longest ${Math.max(...frames).toFixed(1)} ms, ${late} longer than ${dropped} ms`;
}

async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

/** Processor time of the page's main thread so far, ms: what other programs take does not count. */
async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

async function fed(page: Page, session: CDPSession): Promise<number[]> {
  const heaps: number[] = [];
  for (let hour = 1; hour <= seconds / 3600; hour++) {
    await page.evaluate((count) => window.charts.feed(count), 3600);
    heaps.push(await heapMb(session));
  }
  return heaps;
}

const installed = '/usr/bin/chromium';
const executablePath = process.env.CROSSTALK_CHROMIUM ?? (existsSync(installed) ? installed : undefined);
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
let failed = false;
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.on('pageerror', (error) => {
    failed = true;
    console.error(error.message);
  });
  // Nothing listens there: the page is answered here.
  await page.route('http://127.0.0.1:9/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Charts</title><body>' }),
  );
  await page.goto('http://127.0.0.1:9/');
  const { script, style } = await bundle();
  await page.addStyleTag({ content: style });
  await page.addScriptTag({ content: script });
  await page.evaluate(() => window.charts.start());
  const session = await page.context().newCDPSession(page);

  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  console.log(`Doing nothing: ${told(await page.evaluate(() => window.charts.idle(2000)))}`);
  const heaps = await fed(page, session);
  const grown = (heaps.at(-1) ?? 0) - (heaps[0] ?? 0);
  const rows = await page.evaluate(() => window.charts.rows());
  console.log(
    `${seconds} seconds: ${rows} rows kept; heap after each hour ${heaps.map((mb) => mb.toFixed(1)).join(', ')} MB`,
  );
  if (grown > growth) {
    failed = true;
    console.log(
      `  The heap grew by ${grown.toFixed(1)} MB from the first to the last hour; ${growth} MB are allowed.`,
    );
  }
  for (const [name, length] of [
    ['a minute', 60],
    ['a quarter of an hour', 900],
    ['an hour', 3600],
    ['five hours', 18_000],
  ] as const) {
    const before = await busyMs(session);
    const frames = await page.evaluate(([of, ms]) => window.charts.pan(of, ms), [length, panMs] as const);
    const each = ((await busyMs(session)) - before) / frames.length;
    const points = await page.evaluate(() => window.charts.drawn());
    console.log(
      `Panning over ${name} (${points} points a line): ${told(frames)}; ${each.toFixed(1)} ms of processor time each`,
    );
    if (percentile(frames, 0.99) > dropped) failed = true;
  }
} finally {
  await browser.close();
}
console.log(failed ? 'Not smooth.' : 'Smooth.');
process.exitCode = failed ? 1 : 0;
