/** What the locustfile makes of a pack, of a bare folder of recordings, and of its environment variables. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findVoiced, samplesOf } from '../../src/contract/audio/level.ts';
import { bundled } from '../../src/main/entries.ts';
import { headerVariable } from '../../src/main/packs/target.ts';
import { environmentVariableNames } from '../../src/main/scenarios/index.ts';
import { locustfile, noPython, play, python } from './python.ts';
import { packForTests } from './packForTests.ts';

const Plan = z.object({
  clip: z.string(),
  pause: z.number(),
  turn: z.number(),
  barge_in: z.tuple([z.number(), z.number()]).nullable(),
});
const Found = z.object({
  rate: z.number(),
  frame_ms: z.number(),
  target: z.string(),
  headers: z.record(z.string(), z.string()),
  verifies: z.boolean(),
  groups: z.array(
    z.object({
      name: z.string(),
      turns_per_call: z.number().nullable(),
      pause: z.number(),
      timeouts: z.record(z.string(), z.number()),
      markers: z.object({ response: z.array(z.string()), end: z.array(z.string()) }),
      benign: z.array(z.number()),
      conversations: z.array(z.tuple([z.string(), z.number(), z.number()])),
      plans: z.array(z.array(Plan)),
    }),
  ),
  clips: z.record(z.string(), z.tuple([z.number(), z.number(), z.number()])),
});
const Refused = z.object({ refused: z.string() });

let home: string;
/** A pack as it is written, and a copy of it that a test may spoil. */
let written: string;
let folder: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'crosstalk-setup-'));
  written = await packForTests(home);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  folder = join(home, 'copy');
  rmSync(folder, { recursive: true, force: true });
  cpSync(written, folder, { recursive: true });
});

const setUp = (environ: Record<string, string> = {}, host?: string) =>
  play('setup', { environ, ...(host === undefined ? {} : { host }) }, join(folder, 'locustfile.py'));
const found = async (environ: Record<string, string> = {}, host?: string) =>
  Found.parse(await setUp(environ, host));
const refused = async (environ: Record<string, string> = {}) => Refused.parse(await setUp(environ)).refused;

const bundledClips = readdirSync(bundled('audio_cache')).filter((name) => name.endsWith('.pcm'));

function bare(clips = bundledClips): string {
  const recordings = join(home, 'recordings');
  rmSync(recordings, { recursive: true, force: true });
  mkdirSync(recordings);
  for (const name of clips) copyFileSync(join(bundled('audio_cache'), name), join(recordings, name));
  for (const name of readdirSync(folder)) if (name !== 'locustfile.py') rmSync(join(folder, name));
  return recordings;
}

describe.skipIf(python === null)(
  `the locustfile's settings${python === null ? ` (${noPython})` : ''}`,
  () => {
    it('is valid Python', () => {
      const done = spawnSync(python ?? '', ['-c', 'import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 8))', locustfile]); // prettier-ignore
      expect(done.stderr.toString()).toBe('');
    });

    it('reads a pack: conversations, turns, interruptions, clips with their spans', async () => {
      const setup = await found();
      expect(setup).toMatchObject({ rate: 16_000, frame_ms: 20, headers: {}, verifies: true });
      expect(setup.target).toBe('ws://127.0.0.1:8010/api/v1/media/stream');
      const [group] = setup.groups;
      expect(group?.conversations).toEqual([
        ['insurance_inquiry', 2, 5],
        ['quick_question', 3, 3],
      ]);
      expect(group?.plans[0]?.map(({ pause, barge_in }) => [pause, barge_in])).toEqual([
        [0, null],
        [500, [600, 0.5]],
        [500, null],
        [500, null],
        [500, null],
      ]);
      for (const [name, [frames, onset, last]] of Object.entries(setup.clips)) {
        const samples = samplesOf(readFileSync(join(folder, name)));
        const span = findVoiced(samples, 16_000);
        expect([frames, onset, last]).toEqual([
          Math.ceil(samples.length / 320),
          Math.floor((span?.firstSample ?? -1) / 320),
          Math.floor((span?.lastSample ?? -1) / 320),
        ]);
      }
      expect(Object.keys(setup.clips)).toHaveLength(8);
    });

    it('lets every variable of the original tool come before the pack', async () => {
      const setup = await found({
        WS_URL: 'wss://agent.example.com/x?y=1',
        SAMPLE_RATE: '24000',
        CHUNK_MS: '40',
        CHUNKS_PER_TURN: '25',
        TURNS_PER_USER: '7',
        FIRST_BYTE_TIMEOUT_SEC: '2.5',
        TURN_TIMEOUT_SEC: '9',
        PAUSE_BETWEEN_TURNS_SEC: '0.25',
        BARGE_QUIET_MS: '300',
        RESPONSE_TOKENS: 'recognizer, greeting',
        END_TOKENS: 'final,end',
        WS_IGNORE_CLOSE_EXCEPTIONS: 'true',
        BYTES_PER_SAMPLE: '2',
        CHANNELS: '1',
        WS_TLS_VERIFY: 'false',
        BARGE_IN_AFTER_MS: '250',
      });
      expect(setup).toMatchObject({ rate: 24_000, frame_ms: 40, verifies: false });
      expect(setup.target).toBe('wss://agent.example.com/x?y=1');
      const [group] = setup.groups;
      expect(group?.turns_per_call).toBe(7);
      expect(group?.timeouts).toMatchObject({ first_byte: 2500, turn: 9000, quiet_gap: 300, barge_in: 5000 });
      expect(group?.markers).toEqual({ response: ['recognizer', 'greeting'], end: ['final', 'end'] });
      expect(group?.benign).toEqual([1000, 1001, 1006]);
      expect(group?.plans[1]).toHaveLength(7);
      expect(group?.plans[1]?.map(({ pause }) => pause)).toEqual([0, 250, 250, 250, 250, 250, 250]);
      expect(group?.plans[1]?.[1]?.barge_in).toEqual([250, 1]);
      // A second at most, whatever the clip is long, in frames of 40 ms.
      expect(Object.values(setup.clips).map(([frames]) => frames)).toEqual(
        Array.from({ length: 8 }, () => 25),
      );
    });

    it('knows every variable that the command line knows', () => {
      const text = readFileSync(locustfile, 'utf8');
      for (const name of environmentVariableNames) expect(text).toContain(`    "${name}": `);
    });

    it.each([
      ['WS_URL', 'agent.example.com', 'an address like wss://host/path'],
      ['SAMPLE_RATE', '8000', 'be 16000 or 24000'],
      ['CHUNK_MS', '25', 'a multiple of 10'],
      ['CHUNKS_PER_TURN', '0', 'a whole number'],
      ['TURNS_PER_USER', 'three', 'a whole number'],
      ['FIRST_BYTE_TIMEOUT_SEC', '5s', 'a number of seconds'],
      ['BARGE_QUIET_MS', '-1', 'a number of milliseconds'],
      ['END_TOKENS', ' , ', 'words separated by commas'],
      ['WS_IGNORE_CLOSE_EXCEPTIONS', 'maybe', 'true or false'],
      ['CHANNELS', '2', 'be 1'],
      ['WS_HEADERS', '{"a": 1}', 'be JSON like'],
      ['WS_CLIENT', 'other', 'builtin or websocket-client'],
    ])('refuses %s=%s in one sentence', async (name, value, must) => {
      const sentence = await refused({ [name]: value });
      expect(sentence).toContain(name);
      expect(sentence).toContain(must);
      expect(sentence).not.toContain('\n');
    });

    it('never says what is in WS_URL or WS_HEADERS', async () => {
      expect(await refused({ WS_URL: 'http://x?key=hunter2' })).not.toContain('hunter2');
      expect(await refused({ WS_HEADERS: '{"x-key": "hunter2"' })).not.toContain('hunter2');
    });

    it('takes the address of --host when it is one that can be called', async () => {
      expect((await found({}, 'wss://other.example.com/call')).target).toBe('wss://other.example.com/call');
      expect((await found({}, 'http://localhost:8089')).target).toContain('127.0.0.1:8010');
      const both = await found({ WS_URL: 'ws://a.example.com/' }, 'ws://b.example.com/');
      expect(both.target).toBe('ws://a.example.com/');
    });

    it('sends the headers that are set, and refuses when one of the pack is not', async () => {
      const path = join(folder, 'pack.json');
      const pack = JSON.parse(readFileSync(path, 'utf8')) as object;
      writeFileSync(path, JSON.stringify({ ...pack, headers: ['X-Api.Key'], url: null }));
      const variable = headerVariable('X-Api.Key');
      expect(variable).toBe('WS_HEADER_X_API_KEY');
      expect(await refused({ WS_URL: 'ws://a.example.com' })).toContain(variable);
      expect(await refused({ [variable]: 'k' })).toContain('set WS_URL');
      const url = { WS_URL: 'ws://a.example.com' };
      expect((await found({ ...url, [variable]: 'k' })).headers).toEqual({ 'X-Api.Key': 'k' });
      expect((await found({ ...url, WS_HEADERS: '{"x-api.key": "j", "x-b": "c"}' })).headers).toEqual({
        'x-api.key': 'j',
        'x-b': 'c',
      });
      expect((await found({ ...url, [variable]: 'k', WS_HEADER_X_MORE: 'm' })).headers).toEqual({
        'X-Api.Key': 'k',
        'x-more': 'm',
      });
      expect(await refused({ ...url, [variable]: 'a\nb' })).toContain('HTTP can carry');
    });

    it('finds the clips in a folder beside it and in an archive that nobody unpacked', async () => {
      const clips = readdirSync(folder).filter((name) => name.endsWith('.pcm'));
      mkdirSync(join(folder, 'clips'));
      for (const name of clips) renameSync(join(folder, name), join(folder, 'clips', name));
      expect(Object.keys((await found()).clips)).toHaveLength(8);
      spawnSync(python ?? '', ['-m', 'zipfile', '-c', 'clips.zip', 'clips'], { cwd: folder });
      rmSync(join(folder, 'clips'), { recursive: true });
      expect(Object.keys((await found()).clips)).toHaveLength(8);
      rmSync(join(folder, 'clips.zip'));
      expect(await refused()).toMatch(
        /^There is no insurance_inquiry_turn_1\S+ and 7 more beside .*upload the clips/,
      );
    });

    it('says other recordings when PCM_DIR has none of the pack', async () => {
      const recordings = join(home, 'others');
      mkdirSync(recordings, { recursive: true });
      copyFileSync(join(bundled('audio_cache'), bundledClips[0]!), join(recordings, 'hello.pcm'));
      const [group] = (await found({ PCM_DIR: recordings })).groups;
      expect(group?.conversations).toEqual([['others', 1, 1]]);
      expect((await found({ PCM_DIR: written })).groups[0]?.conversations).toHaveLength(2);
      expect(await refused({ PCM_DIR: join(home, 'nowhere') })).toContain('which is not a folder');
    });

    it('works without a pack on a bare folder, as the original tool does', async () => {
      const recordings = bare();
      const setup = await found({ PCM_DIR: recordings });
      expect(setup.target).toBe('ws://127.0.0.1:8010/api/v1/media/stream');
      const [group] = setup.groups;
      expect(group?.conversations).toEqual([
        ['insurance_inquiry', 1, 5],
        ['quick_question', 1, 3],
      ]);
      // Three turns a call, the original's default.
      expect(group?.plans.map((plans) => plans.map(({ clip }) => clip.replace(/_\w{6}\.pcm$/, '')))).toEqual([
        [1, 2, 3].map((n) => `insurance_inquiry_turn_${n}_of_5`),
        [1, 2, 3].map((n) => `quick_question_turn_${n}_of_3`),
      ]);
      expect(group?.plans[0]?.every(({ barge_in }) => barge_in === null)).toBe(true);
      for (const [name, [, onset, last]] of Object.entries(setup.clips)) {
        const span = findVoiced(samplesOf(readFileSync(join(recordings, name))), 16_000);
        if (!span) throw new Error(`${name} has nothing voiced`);
        expect([onset, last]).toEqual([
          Math.floor(span.firstSample / 320),
          Math.floor(span.lastSample / 320),
        ]);
      }
    });

    it('refuses what cannot be said, in one sentence', async () => {
      const recordings = bare([]);
      expect(await refused({ PCM_DIR: recordings })).toMatch(/^There is nothing to say/);
      const clip = join(recordings, 'a.pcm');
      for (const [bytes, sentence] of [
        [Buffer.alloc(3), 'is not 16-bit PCM (3 bytes)'],
        [Buffer.alloc(0), 'is not 16-bit PCM (0 bytes)'],
        [Buffer.alloc(3200), 'is silent'],
        [Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(40)]), 'is a WAV file'],
      ] as const) {
        writeFileSync(clip, bytes);
        expect(await refused({ PCM_DIR: recordings })).toContain(`a.pcm ${sentence}`);
      }
    });

    it('refuses a pack.json that is not its own', async () => {
      writeFileSync(join(folder, 'pack.json'), '{"crosstalk_pack": 2}');
      expect(await refused()).toContain('is not a pack of this locustfile');
      writeFileSync(join(folder, 'pack.json'), '{');
      expect(await refused()).toContain('cannot be read');
    });
  },
);
