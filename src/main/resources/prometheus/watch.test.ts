import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PrometheusEndpoint } from '#contract/scenario/resources';
import { SeriesBook } from '../book.ts';
import { fillEndpoint } from '../watched.ts';
import { PlaceholderValues } from '../../environments/values.ts';
import { EndpointWatch } from './watch.ts';

type Answer = { status?: number; text: string; type?: string; location?: string } | 'hang';

let server: Server;
let port: number;
let answer: Answer;
const heard: Record<string, string | string[] | undefined>[] = [];

beforeEach(async () => {
  heard.length = 0;
  server = createServer((request, response) => {
    heard.push(request.headers);
    if (answer === 'hang') return;
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.type ?? 'text/plain; version=0.0.4',
      ...(answer.location === undefined ? {} : { location: answer.location }),
    });
    response.end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  port = address.port;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Seen {
  name: string;
  unit: string;
  value: number | null;
  problem: string | null;
}

function watch(series: unknown[], more: { url?: string; headers?: Record<string, string> } = {}) {
  const { url = `http://127.0.0.1:${port}/metrics`, headers = {} } = more;
  const endpoint = PrometheusEndpoint.parse({ name: 'server', url, headers, series });
  const book = new SeriesBook();
  const asked = fillEndpoint(endpoint, new PlaceholderValues(new Map()));
  const ending = new AbortController();
  const looker = new EndpointWatch(endpoint, asked, book, ending.signal);
  const known = new Map<number, { name: string; unit: string; problem: string | null }>();
  let t = 0;
  return {
    ending,
    async look(): Promise<Seen[]> {
      const points = await looker.look((t += 1));
      for (const { id, name, unit, problem } of book.take())
        known.set(id, { name, unit, problem: problem ?? null });
      const values = new Map(points.map((point) => [point.id, point.value]));
      return [...known].map(([id, info]) => ({ ...info, value: values.get(id) ?? null }));
    },
  };
}

describe('series of an endpoint', () => {
  it('are the values of gauges by their labels, in the unit of their names', async () => {
    answer = {
      text: `# TYPE queue_depth gauge
queue_depth{queue="tts"} 4
queue_depth{queue="stt"} 9
process_resident_memory_bytes 123456
tts_latency_seconds 0.25
cache_hit_ratio 0.5
disk_used_percent 75
broken NaN
`,
    };
    const { look } = watch([
      'queue_depth{queue="tts"}',
      'process_resident_memory_bytes',
      { series: 'tts_latency_seconds', label: 'tts' },
      'cache_hit_ratio',
      'disk_used_percent',
      'broken',
    ]);
    const none = { problem: null };
    expect(await look()).toEqual([
      { name: 'queue_depth{queue="tts"}', unit: 'none', value: 4, ...none },
      { name: 'process_resident_memory_bytes', unit: 'bytes', value: 123_456, ...none },
      { name: 'tts', unit: 'ms', value: 250, ...none },
      { name: 'cache_hit_ratio', unit: 'share', value: 0.5, ...none },
      { name: 'disk_used_percent', unit: 'share', value: 0.75, ...none },
      { name: 'broken', unit: 'none', value: null, ...none },
    ]);
    answer = { text: 'queue_depth{queue="tts"} 5\n' };
    const [first, second] = await look();
    expect(first?.value).toBe(5);
    expect(second).toMatchObject({
      value: null,
      problem: 'it offers no series process_resident_memory_bytes',
    });
  });

  it('are rates of counters, which may begin anew', async () => {
    const counters = (requests: number, cpu: number, bytes: number) =>
      `# TYPE http_requests_total counter\nhttp_requests_total ${requests}\n# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ${cpu}\nsent_bytes_total ${bytes}\n`;
    const { look } = watch([
      { series: 'http_requests_total', label: 'requests' },
      'process_cpu_seconds_total',
      'sent_bytes_total',
      { series: 'http_requests_total', as: 'value', label: 'all requests' },
    ]);
    answer = { text: counters(1000, 50, 10) };
    expect((await look()).map(({ unit, value }) => [unit, value])).toEqual([
      ['1/s', null],
      ['cores', null],
      ['bytes/s', null],
      ['none', 1000],
    ]);
    answer = { text: counters(1030, 50.5, 30) };
    const risen = (await look()).map(({ value }) => value);
    expect(risen[0]).toBeGreaterThan(0);
    // 30 requests and half a second of CPU came in the same time.
    expect((risen[0] ?? 0) / (risen[1] ?? 0)).toBeCloseTo(60, 6);
    answer = { text: counters(3, 0.5, 1) };
    const restarted = (await look()).map(({ value }) => value);
    expect(restarted[0]).toBeGreaterThan(0);
    expect((restarted[0] ?? 0) / (restarted[1] ?? 0)).toBeCloseTo(6, 6);
  });

  it('are one each for what fits a selector, or added up', async () => {
    const lines = (ok: number, bad: number) =>
      `errors{code="500",path="/a"} ${ok}\nerrors{code="503",path="/a"} ${bad}\nerrors{code="200",path="/a"} 1\n`;
    answer = { text: lines(2, 3) };
    const { look } = watch([
      'errors{code=~"5.."}',
      { series: 'errors{code!~"5.."}', label: 'fine' },
      { series: 'errors', sum: true, label: 'all' },
    ]);
    expect((await look()).map(({ name, value }) => [name, value])).toEqual([
      ['errors{code="500",path="/a"}', 2],
      ['errors{code="503",path="/a"}', 3],
      ['fine', 1],
      ['all', 6],
    ]);
    answer = { text: 'errors{code="500",path="/a"} 7\n' };
    expect(await look()).toMatchObject([
      { value: 7, problem: null },
      { value: null, problem: 'it is not offered any more' },
      { value: null, problem: 'it offers errors, but none with the labels of errors{code!~"5.."}' },
      { value: 7, problem: null },
    ]);
  });

  it('are not more than can be read in a chart', async () => {
    answer = { text: Array.from({ length: 40 }, (_, i) => `q{n="${i}"} ${i}`).join('\n') };
    const seen = await watch(['q']).look();
    expect(seen).toHaveLength(12);
    expect(seen[0]?.problem).toBe(
      'q fits 40 series, of which 12 are kept; say more labels, or add them up with sum: true',
    );
  });

  it('that are not there are a problem of their own, until they are', async () => {
    answer = { text: 'queue_depth 1\n' };
    const { look } = watch(['queue_dept', 'queue_depth']);
    expect(await look()).toEqual([
      {
        name: 'queue_dept (not found)',
        unit: 'none',
        value: null,
        problem: 'it offers no series queue_dept; did you mean queue_depth?',
      },
      { name: 'queue_depth', unit: 'none', value: 1, problem: null },
    ]);
    answer = { text: 'queue_dept 7\nqueue_depth 2\n' };
    expect(await look()).toEqual([
      { name: 'queue_dept (not found)', unit: 'none', value: null, problem: null },
      { name: 'queue_depth', unit: 'none', value: 2, problem: null },
      { name: 'queue_dept', unit: 'none', value: 7, problem: null },
    ]);
  });
});

describe('an endpoint', () => {
  it.each<[Answer, string]>([
    [{ status: 500, text: 'oh' }, 'it answers HTTP 500'],
    [{ status: 404, text: '' }, 'there is nothing at this path (HTTP 404)'],
    [{ status: 403, text: '' }, 'it does not let this question in (HTTP 403)'],
    [
      { status: 302, text: '', location: 'http://127.0.0.1/login?token=abc' },
      'it points elsewhere (HTTP 302) to http://127.0.0.1/login?token=***, which is not followed; give the address that answers',
    ],
    [
      { text: '<html><body>hello</body></html>', type: 'text/html' },
      'what it says is not the text format of Prometheus: line 1 has no name of a metric',
    ],
    [
      { text: 'up 1\n', type: 'application/openmetrics-text; version=1.0.0' },
      'what it says is not the text format of Prometheus: it does not end with # EOF, so a part of it is missing',
    ],
    [{ text: `# ${'x'.repeat(4_300_000)}\nup 1` }, 'its answer is larger than 4 MB'],
    ['hang', 'it did not answer within 2 s'],
  ])('that does not answer as it should is a problem of its series: %#', async (bad, problem) => {
    answer = { text: 'up 1\n' };
    const { look } = watch(['up']);
    expect(await look()).toEqual([{ name: 'up', unit: 'none', value: 1, problem: null }]);
    answer = bad;
    expect(await look()).toEqual([{ name: 'up', unit: 'none', value: null, problem }]);
    answer = { text: 'up 0\n' };
    expect(await look()).toEqual([{ name: 'up', unit: 'none', value: 0, problem: null }]);
  });

  it('that is not there says so', async () => {
    const { look } = watch(['up'], { url: 'http://127.0.0.1:1/metrics' });
    expect(await look()).toMatchObject([
      { name: 'up (not found)', value: null, problem: 'nobody listens there (connection refused)' },
    ]);
  });

  it('is sent its headers, and asked for the text format', async () => {
    answer = { text: 'up 1\n' };
    await watch(['up'], { headers: { 'x-scope': 'tts' } }).look();
    expect(heard[0]).toMatchObject({
      'x-scope': 'tts',
      accept: expect.stringContaining('text/plain') as string,
    });
  });

  it('whose placeholders have no value is a problem that names them', async () => {
    const endpoint = PrometheusEndpoint.parse({
      name: 'server',
      url: 'http://${env:NOWHERE}/m',
      series: ['up'],
    });
    const book = new SeriesBook();
    const asked = fillEndpoint(endpoint, new PlaceholderValues(new Map()));
    await new EndpointWatch(endpoint, asked, book, new AbortController().signal).look(1);
    expect(book.take()).toMatchObject([
      { problem: 'The endpoint server needs ${env:NOWHERE}: set the environment variable NOWHERE' },
    ]);
  });

  it('that is still silent when the run ends says nothing any more', async () => {
    answer = 'hang';
    const { look, ending } = watch(['up']);
    const looking = look();
    ending.abort();
    expect(await looking).toEqual([]);
  });
});
