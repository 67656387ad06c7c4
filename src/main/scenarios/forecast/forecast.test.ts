import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LoadForecast } from '#contract/api/scenarios';
import type { MachineFacts } from '#contract/machine';
import { encodeWav } from '../../audio/wav.ts';
import { checkText } from '../files/checkText.ts';
import type { KnownMachine } from './machine.ts';

let workspace = '';
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-forecast-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const facts: MachineFacts = {
  platform: 'linux',
  cpuModel: 'Test',
  cores: 4,
  openFiles: null,
  ports: null,
  portsInUse: {},
  memoryTotal: 16e9,
  memoryAvailable: 8e9,
};
const unknown: KnownMachine = { facts, calibration: null };

interface Written {
  turns?: object[];
  user?: object;
  load?: object;
  file?: object;
}

/** Users who do not wait for a greeting and say one clip of two seconds. */
function yaml({
  turns = [{ clip: 'two.wav' }],
  user = {},
  load = { users: 10, duration: '1m' },
  file = {},
}: Written): string {
  return JSON.stringify({
    version: 1,
    name: 'x',
    users: [{ kind: 'voice', greeting: 'ignore', conversations: [{ name: 'a', turns }], ...user }],
    load,
    ...file,
  });
}

async function forecast(written: Written, machine = unknown): Promise<LoadForecast> {
  const samples = new Int16Array(32_000).map((_, i) => 8000 * Math.sin(i / 5));
  await writeFile(join(workspace, 'two.wav'), encodeWav(samples, 16_000));
  const checked = await checkText(
    { path: null, yaml: yaml(written) },
    { workspace, machine: () => Promise.resolve(machine) },
  );
  if (!checked.ok) throw new Error(checked.error.message);
  if (checked.value.forecast === null)
    throw new Error(checked.value.problems.map((p) => p.message).join('\n'));
  return checked.value.forecast;
}

/** What the practice agent does: a wait, two sentences with a gap, and the second that ends them. */
const answered = 750 + 3120 + 1000;

describe('a call', () => {
  test('is its clips, the pauses between them, and the answers', async () => {
    expect((await forecast({})).callMs).toBe(2000 + answered);
    const two = [{ clip: 'two.wav' }, { clip: 'two.wav', pause_before: '3s' }, { clip: 'two.wav' }];
    expect((await forecast({ turns: two })).callMs).toBe(3 * (2000 + answered) + 3000 + 500);
    expect((await forecast({ turns: two, user: { turns_per_call: 1 } })).callMs).toBe(2000 + answered);
    expect((await forecast({ user: { turns_per_call: 4 } })).callMs).toBe(4 * (2000 + answered) + 3 * 500);
  });

  test('begins with the greeting where it is waited for', async () => {
    expect((await forecast({ user: { greeting: 'wait' } })).callMs).toBe(225 + 1200 + 1000 + 2000 + answered);
  });

  test('is shorter where answers are interrupted', async () => {
    const turns = [{ clip: 'two.wav', barge_in: { after: '300ms' } }, { clip: 'two.wav' }];
    expect((await forecast({ turns })).callMs).toBe(2000 + 750 + 300 + 2000 + answered);
    const half = [{ clip: 'two.wav', barge_in: { after: '300ms', probability: 0.5 } }, { clip: 'two.wav' }];
    expect((await forecast({ turns: half })).callMs).toBe(
      2000 + 750 + (300 + 3120 + 1000) / 2 + 500 / 2 + 2000 + answered,
    );
    const own = [{ clip: 'two.wav', barge_in: { after: '300ms', clip: 'two.wav' } }];
    expect((await forecast({ turns: own })).callMs).toBe(2000 + 750 + 300 + 2000 + answered);
  });

  test('has the length of words that are not spoken yet by their letters, digits being read out', async () => {
    const spoken = async (say: string) => (await forecast({ turns: [{ say }] })).callMs - answered;
    // Of the bundled clips: 2.9 s and 7.9 s.
    const sentence = 'I am phoning about my auto insurance policy';
    expect(await spoken(sentence)).toBeGreaterThan(2300);
    expect(await spoken(sentence)).toBeLessThan(3500);
    expect(
      await spoken('Hi, my name is Alice Brown, my social is 1234, and my zip code is 60601'),
    ).toBeGreaterThan(6500);
    // One that is there is measured.
    expect(await spoken("I'm calling about my auto insurance policy")).toBe(2860);
  });

  test('of a folder of clips has all of them; a missing clip has no length', async () => {
    await mkdir(join(workspace, 'clips'));
    const samples = new Int16Array(16_000).fill(9000);
    await writeFile(join(workspace, 'clips', '1.wav'), encodeWav(samples, 16_000));
    await writeFile(join(workspace, 'clips', '2.wav'), encodeWav(samples, 16_000));
    const user = { conversations: [{ name: 'a', clips: 'clips' }] };
    expect((await forecast({ user })).callMs).toBe(2 * (1000 + answered) + 500);
    expect((await forecast({ turns: [{ clip: 'none.wav' }] })).callMs).toBe(answered);
  });
});

describe('the wire', () => {
  test('carries the frames of the protocol, every 20 ms of every call', async () => {
    const told = await forecast({});
    expect(told.framesPerSecond).toBe(500);
    // 640 bytes of samples are 856 of base64; JSON and the message's head come on top.
    expect(told.sentBytesPerSecond / 500).toBeGreaterThan(856 + 120);
    expect(told.sentBytesPerSecond / 500).toBeLessThan(856 + 200);
    const whole = await forecast({ file: { audio: { sample_rate: 24_000, chunk: '40ms' } } });
    expect(whole.framesPerSecond).toBe(250);
    expect(whole.sentBytesPerSecond / 250).toBeGreaterThan(2560 + 120);
  });

  test('carries answers as long as they last', async () => {
    const told = await forecast({});
    const share = 3120 / (2000 + answered);
    // A client's frames are masked, four bytes each.
    const received = (told.sentBytesPerSecond / 500 - 4) * 500 * share;
    expect(told.receivedBytesPerSecond).toBeCloseTo(received, -1);
  });

  test('is quiet where silence is not sent', async () => {
    const told = await forecast({ user: { silence: 'tail' } });
    expect(told.framesPerSecond).toBe(Math.round((500 * (2000 + 1500)) / (2000 + answered)));
  });
});

test('loads of several users entries come together', async () => {
  const conversations = [{ name: 'a', turns: [{ clip: 'two.wav' }] }];
  const users = [
    { kind: 'voice', name: 'one', greeting: 'ignore', conversations, load: { users: 4, duration: '10s' } },
    {
      kind: 'voice',
      name: 'two',
      greeting: 'ignore',
      conversations: [{ ...conversations[0], name: 'b' }],
      load: { executor: 'shared-iterations', users: 2, iterations: 8 },
      start_after: '20s',
    },
  ];
  const told = await forecast({ file: { users, load: undefined } });
  expect(told).toMatchObject({
    executors: ['short', 'shared-iterations'],
    peakCalls: 6,
    durationMs: 620_000,
    framesPerSecond: 300,
    calls: { count: 16, exact: false },
  });
});

test('arrivals that will be dropped are told', async () => {
  const arrivals = { executor: 'constant-arrival-rate', rate: 10, duration: '1m', max_users: 50 };
  const told = await forecast({ load: arrivals });
  expect(told.calls).toEqual({ count: 600, exact: true });
  expect(told.notes).toEqual([
    'At 10 arrivals a second and calls of about 7 s, 69 calls would be held at once; max_users is 50, so arrivals will be dropped.',
  ]);
  expect(await forecast({ load: { ...arrivals, max_users: 80 } })).not.toHaveProperty('notes');
});

test('what it means for this machine is told with it', async () => {
  expect((await forecast({})).machine).toMatchObject({ judged: 'unknown', most: null });
});
