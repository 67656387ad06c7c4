import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ConversationDraft } from '#contract/audio/conversation';
import type { PackPlan } from '#contract/api/packs';
import type { Result } from '#contract/errors';
import { readManifest } from '../audio/manifest.ts';
import { bundled } from '../entries.ts';
import { packBench, packOf, type PackBench } from './testing.ts';

let home: string;
let bench: PackBench;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'crosstalk-packs-'));
  bench = packBench(home);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const practice = bundled('resources', 'scenarios', 'practice.yaml');

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
}

function scenario(turns: string[], more = ''): string {
  const path = join(home, 'calls.yaml');
  const lines = turns.map((turn) => `          - ${turn}\n`).join('');
  writeFileSync(
    path,
    `version: 1
name: Calls
environment: { url: "wss://agent.example.com/call" }
users:
  - kind: voice
    conversations:
      - name: talk
        turns:
${lines}load: { users: 4, spawn_rate: 2, duration: 90s }
${more}`,
  );
  return path;
}

const errors = (plan: PackPlan) =>
  plan.checks.filter(({ level }) => level === 'error').map(({ text }) => text);
/** Every file below a folder as one text. */
const everything = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');

describe('planning a pack', () => {
  it('speaks and writes nothing, and knows every size to the byte', async () => {
    const plan = need(await bench.service.plan(packOf(practice)));
    expect(bench.spoken).toEqual([]);
    expect(existsSync(plan.out)).toBe(false);
    expect(plan).toMatchObject({
      name: 'Practice run',
      testId: 'practice-run',
      users: 8,
      spawnRate: 4,
      durationMs: 30_000,
      engineInstances: 1,
      out: join(home, 'packs', 'practice-run'),
    });
    expect(plan.conversations).toEqual([
      { name: 'insurance_inquiry', turns: 5, durationMs: 19_280, missing: 0 },
      { name: 'quick_question', turns: 3, durationMs: 6860, missing: 0 },
    ]);
    const written = need(await bench.service.write(packOf(practice), 'elsewhere'));
    expect(written.path).toBe(join(home, 'packs', 'elsewhere'));
    for (const { name, bytes } of plan.files)
      expect(statSync(join(written.path, name)).size, name).toBe(bytes);
    expect(readdirSync(written.path)).toHaveLength(plan.files.length);
    expect(written).toMatchObject({ files: plan.files.length, bytes: plan.totalBytes });
  });

  it('takes what is asked for over what the scenario says', async () => {
    const plan = need(
      await bench.service.plan(
        packOf(practice, {
          name: 'Über calls!',
          users: 200,
          spawnRate: 2.5,
          durationMs: 61_500,
          engineInstances: 3,
          maxTurns: 2,
          conversations: ['quick_question'],
        }),
      ),
    );
    expect(plan).toMatchObject({
      testId: 'uber-calls',
      users: 200,
      spawnRate: 2.5,
      durationMs: 62_000,
      engineInstances: 3,
    });
    expect(plan.conversations.map(({ name, turns }) => [name, turns])).toEqual([['quick_question', 2]]);
    expect(plan.files.filter(({ kind }) => kind === 'clip')).toHaveLength(2);
    const unknown = await bench.service.plan(packOf(practice, { conversations: ['nobody'] }));
    expect(unknown.ok ? '' : unknown.error.message).toContain('There is no conversation "nobody"');
  });

  it('writes the test with the keys that Azure knows and no others', async () => {
    const plan = need(await bench.service.plan(packOf(practice, { users: 200 })));
    const yaml = parse(plan.yaml) as Record<string, unknown>;
    expect(Object.keys(yaml)).toEqual([
      'version', 'testId', 'displayName', 'description', 'testType', 'testPlan', 'engineInstances',
      'env', 'configurationFiles', 'failureCriteria', 'autoStop',
    ]); // prettier-ignore
    expect(yaml).toMatchObject({
      version: 'v0.1',
      testType: 'Locust',
      testPlan: 'locustfile.py',
      engineInstances: 3,
      env: [
        { name: 'WS_URL', value: 'wss://agent.example.com/call' },
        { name: 'LOCUST_USERS', value: '200' },
        { name: 'LOCUST_SPAWN_RATE', value: '4' },
        { name: 'LOCUST_RUN_TIME', value: '30' },
        { name: 'LOCUST_STOP_TIMEOUT', value: '15' },
      ],
      failureCriteria: [
        { ttfa: 'p95(response_time_ms) > 3000' },
        { barge_in: 'p95(response_time_ms) > 1000' },
        { connect: 'percentage(error) > 5' },
        { turn_success: 'percentage(error) > 10' },
        { frame_lateness: 'p95(response_time_ms) > 10' },
      ],
      autoStop: { errorPercentage: 90, timeWindow: 60 },
    });
    const files = yaml.configurationFiles as string[];
    expect(files).toContain('pack.json');
    expect(files.filter((name) => name.endsWith('.pcm'))).toHaveLength(8);
    const uploads = plan.commands.filter(({ command }) => command.includes('file upload'));
    expect(uploads.map(({ command }) => /--file-type (\S+)/.exec(command)?.[1])).toEqual([
      'TEST_SCRIPT', 'ADDITIONAL_ARTIFACTS', 'ADDITIONAL_ARTIFACTS', 'ADDITIONAL_ARTIFACTS;',
    ]); // prettier-ignore
  });

  it('lists what is wrong with the clips, and then is not written', async () => {
    const path = scenario(['clip: nowhere.wav', 'say: Hello']);
    const plan = need(await bench.service.plan(packOf(path)));
    expect(errors(plan)).toEqual([expect.stringContaining('there is no file')]);
    const written = await bench.service.write(packOf(path));
    expect(written.ok ? '' : written.error.code).toBe('pack_has_errors');
    expect(bench.spoken).toEqual([]);
    expect(existsSync(join(home, 'packs'))).toBe(false);
  });
});

describe('writing a pack', () => {
  it('speaks what is missing first and says how far it is', async () => {
    const path = scenario([
      'say: Good day',
      '{ say: Wait, barge_in: { after: 1s, say: One moment } }',
      'say: Good day',
    ]);
    const plan = need(await bench.service.plan(packOf(path)));
    expect(plan.conversations[0]?.missing).toBe(3);
    const written = need(await bench.service.write(packOf(path)));
    expect(bench.spoken.sort()).toEqual(['Good day', 'One moment', 'Wait']);
    const clips = readdirSync(written.path).filter((name) => name.endsWith('.pcm'));
    expect(clips.map((name) => name.replace(/_[0-9a-f]+\.pcm$/, ''))).toEqual([
      'one_moment',
      'talk_turn_1_of_3',
      'talk_turn_2_of_3',
    ]);
    const states = bench.progress.map(({ state }) => state);
    expect([...new Set(states)]).toEqual(['preparing', 'speaking', 'writing', 'finished']);
    expect(bench.progress.findLast(({ state }) => state === 'speaking')).toMatchObject({ done: 3, total: 3 });
    const pack = JSON.parse(readFileSync(join(written.path, 'pack.json'), 'utf8')) as Record<string, unknown>;
    const one = clips[0];
    expect(pack.users).toMatchObject([
      {
        conversations: [
          {
            turns: [
              { clip: clips[1] },
              { clip: clips[2], barge_in: { after: 1000, clip: one } },
              { clip: clips[1] },
            ],
          },
        ],
      },
    ]);
    const manifest = await readManifest(written.path);
    expect(manifest.map(({ text, provider, turn_index }) => [text, provider, turn_index])).toEqual([
      ['Good day', 'offline', 1],
      ['Wait', 'offline', 2],
      ['One moment', 'offline', null],
    ]);
    // Kept in the workspace: the next pack speaks nothing.
    bench.spoken.length = 0;
    need(await bench.service.write(packOf(path)));
    expect(bench.spoken).toEqual([]);
  });

  it('can be an archive of the same files', async () => {
    const plan = need(await bench.service.plan(packOf(practice)));
    const written = need(await bench.service.write(packOf(practice), 'calls.zip'));
    const bytes = readFileSync(written.path);
    expect(bytes.length).toBe(written.bytes);
    const inside = unzipSync(bytes);
    expect(Object.keys(inside).sort()).toEqual(plan.files.map(({ name }) => name).sort());
    for (const { name, bytes: size } of plan.files) expect(inside[name]?.length, name).toBe(size);
  });

  it('puts many clips into an archive within the pack', async () => {
    const path = scenario(Array.from({ length: 45 }, (_, i) => `say: number ${i}`));
    const input = packOf(path);
    need(await bench.service.write(input));
    const plan = need(await bench.service.plan(input));
    const written = need(await bench.service.write(input));
    expect(readdirSync(written.path).sort()).toEqual([
      'README.md', 'clips.zip', 'load-test.yaml', 'locustfile.py', 'manifest.jsonl', 'pack.json',
    ]); // prettier-ignore
    const archive = readFileSync(join(written.path, 'clips.zip'));
    expect(archive.length).toBe(plan.files.find(({ kind }) => kind === 'archive')?.bytes);
    expect(Object.keys(unzipSync(archive))).toHaveLength(45);
    const yaml = parse(readFileSync(join(written.path, 'load-test.yaml'), 'utf8')) as Record<string, unknown>;
    expect(yaml.zipArtifacts).toEqual(['clips.zip']);
    expect(yaml.configurationFiles).toEqual(['pack.json', 'manifest.jsonl']);
    expect(
      plan.commands.some(({ command }) => command.includes('--path clips.zip --file-type ZIPPED_ARTIFACTS')),
    ).toBe(true);
    // For Locust alone they lie beside it.
    const plain = need(await bench.service.write({ ...input, purpose: 'locust' }, 'plain'));
    expect(readdirSync(plain.path).filter((name) => name.endsWith('.pcm'))).toHaveLength(45);
  });

  it('never holds a secret, whatever the scenario has', async () => {
    const path = scenario(['say: Hello']);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(
        '{ url: "wss://agent.example.com/call" }',
        '{ url: "wss://agent.example.com/call?code=hunter2", headers: { x-api-key: hunter3, x-tenant: contoso, authorization: "${secret:TOKEN}" } }',
      ),
    );
    const { url: _, ...input } = packOf(path);
    const azure = need(await bench.service.write(input));
    const locust = need(await bench.service.write({ ...input, purpose: 'locust' }, 'locust'));
    for (const folder of [azure.path, locust.path]) expect(everything(folder)).not.toMatch(/hunter|contoso/);
    const readme = readFileSync(join(azure.path, 'README.md'), 'utf8');
    for (const name of ['WS_URL', 'WS_HEADER_X_API_KEY', 'WS_HEADER_X_TENANT', 'WS_HEADER_AUTHORIZATION'])
      expect(readme).toContain(`\`${name}\``);
    const yaml = parse(readFileSync(join(azure.path, 'load-test.yaml'), 'utf8')) as Record<string, unknown>;
    expect(yaml.secrets).toContainEqual({
      name: 'WS_URL',
      value: 'https://VAULT.vault.azure.net/secrets/ws-url',
    });
  });

  it('replaces its own pack, and nothing else', async () => {
    const out = need(await bench.service.write(packOf(practice))).path;
    mkdirSync(join(out, '__pycache__'));
    need(await bench.service.write(packOf(practice, { conversations: ['quick_question'] })));
    expect(readdirSync(out).filter((name) => name.endsWith('.pcm'))).toHaveLength(3);

    const refusal = async (to = out) => {
      const written = await bench.service.write(packOf(practice), to);
      return written.ok ? 'written' : `${written.error.code}: ${written.error.message}`;
    };
    writeFileSync(join(out, 'results.csv'), 'mine');
    expect(await refusal()).toMatch(/^not_our_pack: .* holds results\.csv, which is not the pack's/);
    rmSync(join(out, 'results.csv'));
    writeFileSync(join(out, 'load-test.yaml'), 'mine');
    expect(await refusal()).toMatch(/^not_our_pack: load-test\.yaml in .* was changed/);
    expect(readFileSync(join(out, 'load-test.yaml'), 'utf8')).toBe('mine');

    const mine = join(home, 'mine');
    mkdirSync(mine);
    expect(await refusal(mine)).toBe('written');
    const other = join(home, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'thesis.txt'), 'mine');
    expect(await refusal(other)).toMatch(/^not_our_pack: /);
    expect(readdirSync(other)).toEqual(['thesis.txt']);
    writeFileSync(join(home, 'other.zip'), 'PK mine');
    expect(await refusal(join(home, 'other.zip'))).toMatch(/^not_our_pack: /);
    expect(await refusal(join(home, 'own.zip'))).toBe('written');
    expect(await refusal(join(home, 'own.zip'))).toBe('written');
    expect(await refusal(join(home, 'other', 'thesis.txt', 'pack'))).toMatch(/^pack_unwritable: /);
    // Nothing half-written is left anywhere.
    expect(
      readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\./.test(name)),
    ).toEqual([]);
  });

  it('is one at a time, and leaves nothing behind when it is cancelled', async () => {
    const path = scenario(['say: one', 'say: two', 'say: three']);
    const held = Promise.withResolvers<undefined>();
    const speaking = Promise.withResolvers<undefined>();
    bench.beforeSpeaking = async () => {
      speaking.resolve(undefined);
      await held.promise;
    };
    const first = bench.service.write(packOf(path));
    await speaking.promise;
    const second = await bench.service.write(packOf(path));
    expect(second.ok ? '' : second.error.code).toBe('pack_going_on');
    bench.service.cancel();
    held.resolve(undefined);
    const written = await first;
    expect(written.ok ? '' : written.error.code).toBe('cancelled');
    expect(bench.progress.at(-1)?.state).toBe('cancelled');
    expect(existsSync(join(home, 'packs'))).toBe(false);
    bench.beforeSpeaking = () => Promise.resolve();
    expect((await bench.service.write(packOf(path))).ok).toBe(true);
  });
});

describe('a pack of the library’s conversations', () => {
  const draft = (name: string, turns: Partial<ConversationDraft['turns'][number]>[]): ConversationDraft => ({
    name,
    weight: 1,
    voice: { provider: 'offline', name: 'slt' },
    turns: turns.map((turn, i) => ({
      key: `k${i}`, say: null, clip: null, name: null, voice: null, pauseBeforeMs: null, kept: {}, ...turn,
    })), // prettier-ignore
  });

  it('takes their recordings from where they lie, and a load of its own', async () => {
    const recordings = join(home, 'recordings');
    mkdirSync(recordings);
    const clip = readFileSync(join(bundled('audio_cache'), 'quick_question_turn_1_of_3_2ee871.pcm'));
    writeFileSync(join(recordings, 'hello.pcm'), clip);
    const ids: string[] = [];
    for (const one of [
      draft('talk', [
        { clip: '../recordings/hello.pcm' },
        { say: 'Thanks', kept: { barge_in: { after: '1s' } } },
      ]),
      draft('second', [{ say: 'Thanks' }]),
    ])
      ids.push(need(await bench.library.save({ id: null, revision: null, draft: one })).entry.id);
    const input = { ...packOf(''), source: { kind: 'conversations' as const, ids } };
    const plan = need(await bench.service.plan(input));
    expect(plan.name).toBe('talk, second');
    expect(plan.users).toBe(10);
    expect(errors(plan)).toEqual([]);
    const written = need(await bench.service.write(input));
    const manifest = await readManifest(written.path);
    expect(
      manifest.map(({ filename, text, provider }) => [
        filename.replace(/_[0-9a-f]{6}\.pcm$/, ''),
        text,
        provider,
      ]),
    ).toEqual([
      ['talk_turn_1_of_2', '', 'recording'],
      ['talk_turn_2_of_2', 'Thanks', 'offline'],
    ]);
    expect(readFileSync(join(written.path, manifest[0]?.filename ?? 'no first line')).equals(clip)).toBe(
      true,
    );
    const { url: _, ...nowhere } = input;
    expect(errors(need(await bench.service.plan(nowhere)))).toEqual([
      expect.stringContaining('which Azure cannot reach'),
    ]);
  });

  it('says that one is gone', async () => {
    const gone = await bench.service.plan({
      ...packOf(''),
      source: { kind: 'conversations', ids: ['nothing'] },
    });
    expect(gone.ok ? '' : gone.error.kind).toBe('not_found');
  });
});

describe('scenarios with requests', () => {
  it('carries their callers only, and says so', async () => {
    const path = scenario(['say: hello']);
    const mixed = readFileSync(path, 'utf8')
      .replace('environment: { url: "wss://agent.example.com/call" }', 'environment: practice')
      .replace('users:\n', 'users:\n  - { kind: http, name: clients, steps: [{ get: /a }] }\n');
    writeFileSync(path, mixed);
    const plan = need(await bench.service.plan(packOf(path)));
    expect(plan.checks.map(({ text }) => text)).toContain(
      "Only voice users are in the pack: clients makes requests, which only Crosstalk does; the load is all of the callers'.",
    );
    expect(plan.conversations).toHaveLength(1);
  });

  it('is refused where nobody speaks', async () => {
    const path = join(home, 'requests.yaml');
    writeFileSync(
      path,
      'version: 1\nname: R\nusers: [{ kind: http, steps: [{ get: /a }] }]\nload: { users: 1, duration: 10s }\n',
    );
    const plan = await bench.service.plan(packOf(path));
    expect(!plan.ok && plan.error.message).toBe(
      'A pack carries callers who speak, and this scenario has none: its http and grpc users are run by Crosstalk itself.',
    );
  });
});
