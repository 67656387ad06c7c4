import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ClipCache } from '../audio/cache.ts';
import { cacheFolders } from './prepare.ts';
import { checkScenario } from './check.ts';
import { bundledPresets, listPresets } from './presets.ts';
import { parseScenarioText } from './source.ts';
import { gatherSpeech } from './speech.ts';

const minutes = 60_000;

async function presets() {
  const listed = await listPresets();
  if (!listed.ok) throw new Error(listed.error.detail ?? listed.error.message);
  return listed.value;
}

async function parsed(id: string) {
  const preset = (await presets()).find((one) => one.id === id);
  const source = parseScenarioText(`${id}.yaml`, preset?.yaml ?? '');
  const checked = 'source' in source ? checkScenario(source.source) : source;
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.file;
}

test('they are offered in a sensible order, each with what it is for', async () => {
  const listed = await presets();
  expect(listed.map(({ id, users, durationMs, executor }) => [id, users, durationMs, executor])).toEqual([
    ['smoke', 5, 45_000, 'short'],
    ['development', 10, 5 * minutes, 'short'],
    ['staging', 100, 30 * minutes, 'short'],
    ['production', 500, 60 * minutes, 'short'],
    ['baseline', 10, 5 * minutes, 'short'],
    ['target', 100, 10 * minutes, 'short'],
    ['ramp-up', 200, 20 * minutes, 'short'],
    ['spike', 500, 5 * minutes, 'short'],
    ['sustained', 150, 30 * minutes, 'short'],
    ['breaking-point', 500, expect.any(Number), 'breaking-point'],
    ['arrivals', 100, 10 * minutes, 'constant-arrival-rate'],
    ['iterations', 10, 30 * minutes, 'shared-iterations'],
    ['wisphub', 100, 90_000, 'short'],
    ['chat-smoke', 5, 45_000, 'short'],
    ['chat-ramp', 100, 12 * minutes, 'ramping-vus'],
    ['june-services', 10, 5 * minutes, 'short'],
  ]);
  for (const { title, text } of listed) {
    expect(title).not.toBe('');
    expect(text).toMatch(/^[A-Z].{20,160}[.?]$/);
  }
});

test.each([
  ['baseline', 2],
  ['target', 10],
  ['ramp-up', 5],
  ['spike', 50],
  ['sustained', 10],
])('%s: its users come at %d a second', async (id, rate) => {
  expect((await parsed(id)).load).toMatchObject({ spawn_rate: rate });
});

test('the breaking point is looked for in steps of a minute', async () => {
  expect((await parsed('breaking-point')).load).toMatchObject({
    executor: 'breaking-point',
    steps: [50, 100, 200, 500],
    hold: minutes,
  });
});

const ofServices = ['wisphub', 'chat-smoke', 'chat-ramp', 'june-services'];

test('each runs at once: against the practice agent, with bundled audio and the default thresholds', async () => {
  for (const { id } of await presets()) {
    const file = await parsed(id);
    expect(file.environment).toBe('practice');
    if (ofServices.includes(id)) continue;
    expect(
      file.thresholds.map((row) => [row.metric, row.stat, row.condition, row.target, row.acceptable]),
    ).toEqual([
      ['ttfa', 'p95', 'below', 2000, 3000],
      ['barge_in', 'p95', 'below', 500, 1000],
      ['connection_success', 'rate', 'above', 0.98, 0.95],
      ['turn_success', 'rate', 'above', 0.95, 0.9],
      ['error_rate', 'rate', 'below', 0.01, 0.01],
    ]);
    const asked: string[] = [];
    const speech = await gatherSpeech(file, {
      folder: bundledPresets(),
      cache: new ClipCache(cacheFolders(file, bundledPresets(), null)),
      speak: ({ text }) => {
        asked.push(text);
        return Promise.resolve({
          ok: false,
          error: { kind: 'unavailable', code: 'voice', message: 'no voice here' },
        });
      },
    });
    expect([id, asked, speech.problems]).toEqual([id, [], []]);
    expect(speech.clips.length).toBeGreaterThan(0);
  }
});

test('a file that was broken is named, and so is a folder that is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crosstalk-presets-'));
  try {
    await writeFile(join(folder, 'mine.yaml'), 'version: 2\n');
    const broken = await listPresets(folder);
    expect(broken).toMatchObject({ ok: false, error: { code: 'invalid_scenario' } });
    expect(broken.ok ? '' : broken.error.message).toContain('mine.yaml:1');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  expect(await listPresets(folder)).toMatchObject({ ok: false, error: { code: 'presets_unreadable' } });
});
