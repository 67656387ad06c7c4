import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { SeriesInfo, SeriesPoint } from '#contract/series';
import { InlineEnvironment } from '#contract/scenario/environment';
import { aPreparedRun } from '../runs/testing.ts';
import type { AccompaniedRun, Companionship } from '../runs/companion.ts';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { resourceCompanion } from './companion.ts';
import { watchedResources } from './watched.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Kept {
  begun: SeriesInfo[];
  points: SeriesPoint[];
  notices: string[];
  published: unknown[];
  companionship: Companionship | null;
}

function accompany(environment: unknown, agentPid: number | null = null): Kept {
  const place = { folder: '/', sources: { env: { SCRAPE: 'secret-of-the-endpoint' }, secrets: null } };
  const resources =
    environment === null ? null : watchedResources(InlineEnvironment.parse(environment), null, place);
  const kept: Kept = { begun: [], points: [], notices: [], published: [], companionship: null };
  let t = 0;
  const run: AccompaniedRun = {
    runId: 'run',
    prepared: aPreparedRun({ resources }),
    clock: { baseNs: '0', epochMs: 0 },
    keep: true,
    agentPid,
    elapsedS: () => (t += 0.5),
    notice: (message) => kept.notices.push(message),
  };
  const companion = resourceCompanion({
    history: {
      appendSeries(_runId, begun, points) {
        kept.begun.push(...begun);
        kept.points.push(...points);
      },
    },
    publish: (_domain, name, payload) => kept.published.push([name, payload]),
    gpus: () => Promise.resolve(null),
  });
  kept.companionship = companion.begin(run);
  ends.push(() => kept.companionship?.ended?.(undefined as never));
  return kept;
}

async function endpoint(): Promise<{ url: string; say(text: string): void }> {
  let text = '';
  const server = createServer((_request, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/metrics`, say: (said) => (text = said) };
}

describe('what is sampled with a run', () => {
  it('is nothing where nothing is watched', () => {
    expect(accompany(null).companionship).toBeNull();
    expect(accompany({ url: 'ws://localhost/x' }).companionship).toBeNull();
  });

  it.runIf(process.platform === 'linux')('is the practice agent by itself', async () => {
    const kept = accompany(null, process.pid);
    await eventually(() =>
      expect(kept.points.some(({ id, value }) => id === 1 && value !== null)).toBe(true),
    );
    expect(kept.begun).toEqual([
      { id: 1, group: 'process', of: 'practice agent', name: 'cpu', unit: 'cores', problem: null },
      { id: 2, group: 'process', of: 'practice agent', name: 'memory', unit: 'bytes', problem: null },
    ]);
    expect(kept.notices).toEqual([]);
  });

  it('is kept and told on the time axis of the run, until its end', async () => {
    const server = await endpoint();
    server.say('depth 3\n');
    const prometheus = [{ name: 'server', url: server.url, series: ['depth'] }];
    const kept = accompany({ url: 'ws://localhost/x', resources: { every: '500ms', prometheus } });
    await eventually(() => expect(kept.points.length).toBeGreaterThan(1));
    server.say('depth 4\n');
    await eventually(() => expect(kept.points.at(-1)?.value).toBe(4));
    void kept.companionship?.ended?.(undefined as never);
    const moments = kept.points.map(({ t }) => t);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(kept.points[0]).toMatchObject({ id: 1, value: 3 });
    expect(kept.published[0]).toEqual([
      'points',
      { runId: 'run', begun: kept.begun.slice(0, 1), points: kept.points.slice(0, 1) },
    ]);
  });

  it('says once what cannot be had, and not the secret it was asked with', async () => {
    const url = 'http://127.0.0.1:1/metrics?token=${env:SCRAPE}';
    const prometheus = [{ name: 'server', url, headers: { 'x-key': '${env:SCRAPE}' }, series: ['a', 'b'] }];
    const kept = accompany({
      url: 'ws://localhost/x',
      resources: { every: '500ms', prometheus, processes: [{ name: 'ghost', pid: 2 ** 22 + 1 }] },
    });
    await eventually(() => expect(kept.begun.length).toBeGreaterThanOrEqual(4));
    await eventually(() => expect(kept.points.length).toBeGreaterThanOrEqual(6));
    expect(kept.notices.sort()).toEqual([
      `ghost is not watched: there is no process ${2 ** 22 + 1}.`,
      'server is not watched: nobody listens there (connection refused).',
    ]);
    expect(JSON.stringify(kept)).not.toContain('secret-of-the-endpoint');
  });
});
