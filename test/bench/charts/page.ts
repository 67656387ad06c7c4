/** Within the page: the charts of a run as the overview has them, fed and moved by the benchmark. */
import { mount } from 'svelte';
import '../../../src/renderer/look/tokens.css';
import '../../../src/renderer/look/base.css';
import 'uplot/dist/uPlot.min.css';
import Chart from '../../../src/renderer/charts/Chart.svelte';
import { ChartGroup } from '../../../src/renderer/charts/chartGroup.ts';
import { SampleSeries } from '../../../src/renderer/charts/sampleSeries.ts';
import { sampleOf } from '../../../src/renderer/charts/testing.ts';
import TimeStrip from '../../../src/renderer/charts/TimeStrip.svelte';
import { errorChart, generatorCharts, runCharts } from '../../../src/renderer/run/chartList.ts';

const kinds = ['refused', 'dns', 'first_byte_timeout', 'dropped_1006'];
const series = new SampleSeries();
const group = new ChartGroup(() => series.last?.t ?? 0);
const source = {
  series,
  group,
  whole: () => 800,
  peakCalls: () => 500,
  spans: () => [],
};

/** A second as a run of 500 calls has it, never twice the same. */
function second(t: number): ReturnType<typeof sampleOf> {
  const wave = Math.sin(t / 97) + Math.sin(t / 13) / 2;
  const p50 = 700 + 120 * wave;
  return sampleOf(t, {
    asked: 500,
    active: 495 + (t % 5),
    turnsOk: 40 + (t % 7),
    framesSent: 25_000,
    framesReceived: 18_000 + 100 * (t % 9),
    bytesSent: 2.4e7,
    bytesReceived: 1.7e7,
    ttfa: { count: 400, p50, p95: p50 * 1.8, p99: p50 * 2.4 + (t % 101) },
    bargeIn: { count: 40, p50: 210, p95: 380 + 40 * wave, p99: 460 },
    errors: t % 11 === 0 ? { [kinds[t % kinds.length] ?? 'dns']: 1 + (t % 3) } : {},
  });
}

function start(): void {
  document.body.style.cssText = 'display:flex;flex-direction:column;height:100vh';
  const target = document.createElement('div');
  target.style.cssText = 'display:flex;flex:1;flex-direction:column;min-height:0;overflow:auto';
  document.body.append(target);
  const workload = { voice: true, requests: false };
  const specs = [
    ...runCharts(source, { ...workload, arrivals: false, tokens: false }, {}),
    errorChart(source, kinds),
    ...generatorCharts(source, workload),
  ];
  for (const spec of specs) {
    mount(Chart, { target, props: { ...spec, startsFolded: false, group, latest: true } });
  }
  mount(TimeStrip, {
    target: document.body,
    props: {
      group,
      colour: '--series-orange',
      about: 'The whole run',
      overview: () => {
        const frame = series.frame(64);
        return { t: frame.t, values: series.columnOf(frame, 'ttfaP95') };
      },
    },
  });
}

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

/** Seconds that came in, with a redraw as often as the page makes one. */
async function feed(count: number): Promise<void> {
  const from = series.last?.t ?? 0;
  for (let i = 1; i <= count; i++) {
    series.push(second(from + i));
    group.invalidate();
    if (i % 600 === 0) await nextFrame();
  }
  group.redraw();
  await nextFrame();
}

/** Pans to and fro over a stretch for a while, a second of data coming in every second; the time of each frame, ms. */
async function pan(length: number, forMs: number): Promise<number[]> {
  const end = group.end;
  group.zoomTo([end / 2, end / 2 + length]);
  await nextFrame();
  const begin = performance.now();
  let last = await nextFrame();
  let pushed = begin;
  const frames: number[] = [];
  for (;;) {
    const now = await nextFrame();
    frames.push(now - last);
    last = now;
    if (now - begin > forMs) return frames;
    if (now - pushed > 1000) {
      pushed = now;
      series.push(second((series.last?.t ?? 0) + 1));
      group.invalidate();
    }
    const place = end / 2 + Math.sin((now - begin) / 900) * length;
    group.zoomSoon([place, place + length]);
  }
}

/** The rate at which this page gets frames when it does nothing, ms each. */
async function idle(forMs: number): Promise<number[]> {
  const begin = await nextFrame();
  let last = begin;
  const frames: number[] = [];
  while (last - begin < forMs) {
    const now = await nextFrame();
    frames.push(now - last);
    last = now;
  }
  return frames;
}

function rows(): number {
  return series.length;
}

function drawn(): number {
  return series.frame(group.step).t.filter((t) => t >= group.range()[0] && t <= group.range()[1]).length;
}

Object.assign(window, { charts: { start, feed, pan, idle, rows, drawn } });
