import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { clipsApi, type GenerationState } from '#contract/api/clips';
import type { ConversationDraft, DraftTurn } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';
import { eventually } from '../../../test/fixtures/eventually.ts';
import type { Utterance } from './address.ts';
import { createClipHandlers, type ClipHandlers } from './handlers.ts';
import { readManifest } from './manifest.ts';
import { finishSpeech } from './speech.ts';
import { bytesOf, tone, wavOf } from './testing/clips.ts';
import { voicesThat } from './testing/voices.ts';
import type { PlacedConversation } from './turnAudio.ts';

let workspace = '';
let clips: ClipHandlers;
let progress: GenerationState[] = [];
let changed: string[] = [];
let saved = new Map<string, PlacedConversation>();

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-clip-handlers-'));
  await mkdir(join(workspace, 'conversations'));
  progress = [];
  changed = [];
  saved = new Map();
});
afterEach(async () => {
  await clips.close();
  await rm(workspace, { recursive: true, force: true });
});

type Say = (utterance: Utterance, signal?: AbortSignal) => Result<Int16Array> | Promise<Result<Int16Array>>;

function withVoices(say: Say = () => ok(tone(300))): ClipHandlers['handlers'] {
  clips = createClipHandlers({
    workspace,
    voices: voicesThat(say),
    conversation: (id) => {
      const found = saved.get(id);
      return Promise.resolve(found ? ok(found) : fail('not_found', 'unknown_conversation', 'gone'));
    },
    draftFolder: join(workspace, 'conversations'),
    publish: (_domain, name, payload) => {
      if (name === 'progress') progress.push(clipsApi.progress.payload.parse(payload));
      else changed.push(clipsApi.changed.payload.parse(payload).folder);
    },
  });
  return clips.handlers;
}

function turn(more: Partial<DraftTurn>): DraftTurn {
  return { key: '', say: null, clip: null, name: null, voice: null, pauseBeforeMs: null, kept: {}, ...more };
}
function draft(...turns: Partial<DraftTurn>[]): ConversationDraft {
  return { name: 'Talk', weight: 1, voice: { provider: 'offline', name: 'slt' }, turns: turns.map(turn) };
}
const says = (...words: string[]) => draft(...words.map((say) => ({ say })));
const unsaved = (of: ConversationDraft) => ({ conversations: [], draft: { id: null, draft: of } });
const cache = () => join(workspace, 'audio_cache');
const kept = async () => (await readdir(cache())).filter((name) => name.endsWith('.pcm')).sort();

async function value<T>(result: Result<T> | Promise<Result<T>>): Promise<T> {
  const got = await result;
  if (!got.ok) throw new Error(got.error.message);
  return got.value;
}
async function ended(): Promise<GenerationState> {
  await eventually(() => expect(progress.at(-1)?.state).toMatch(/finished|cancelled/));
  const last = progress.at(-1);
  if (!last) throw new Error('nothing was told');
  return last;
}

describe('the audio of a conversation', () => {
  test('is ready, missing, empty or broken, turn by turn', async () => {
    const handlers = withVoices();
    await mkdir(join(workspace, 'recordings'));
    await writeFile(join(workspace, 'recordings', 'bye.wav'), wavOf(bytesOf(tone(400, { silenceMs: 40 }))));
    await writeFile(join(workspace, 'recordings', 'odd.pcm'), new Uint8Array(3));
    await writeFile(join(workspace, 'recordings', 'still.pcm'), new Uint8Array(640));
    await value(handlers.generate(unsaved(says('Hello'))));
    await ended();
    const { turns } = await value(
      handlers.ofConversation({
        id: null,
        draft: draft(
          { say: ' Hello ' },
          { say: 'Nobody said this' },
          { say: '  ' },
          { clip: '../recordings/bye.wav' },
          { clip: '../recordings/odd.pcm' },
          { clip: '../recordings/no.pcm' },
          { clip: '../recordings/still.pcm' },
          { clip: '../../../etc/passwd' },
          { say: 'Hello', voice: { provider: 'offline', name: 'rms' } },
        ),
      }),
    );
    expect(clipsApi.ofConversation.output.safeParse({ turns }).success).toBe(true);
    expect(turns.map((one) => one.state)).toEqual([
      'ready',
      'missing',
      'empty',
      'ready',
      'broken',
      'broken',
      'broken',
      'broken',
      'missing',
    ]);
    expect(turns[0]?.clip).toMatchObject({ text: 'Hello', voice: 'slt', leadingMs: 100 });
    expect(turns[0]?.peaks).toHaveLength(400);
    expect(turns[3]?.clip).toMatchObject({ filename: 'bye.wav', text: null, durationMs: 480 });
    expect(turns.slice(4, 8).map((one) => one.problem)).toEqual([
      expect.stringContaining('odd number of bytes'),
      expect.stringMatching(/^There is no file .*; put it there, or give the turn a recording or words\.$/),
      expect.stringContaining('is silent'),
      expect.stringContaining('is not a .pcm or .wav file of the workspace'),
    ]);
  });

  test('of a saved one begins at its own file, and its own cache is looked in', async () => {
    const handlers = withVoices();
    const folder = join(workspace, 'deep');
    await mkdir(join(folder, 'clips'), { recursive: true });
    await writeFile(join(folder, 'x.pcm'), bytesOf(tone(200)));
    await writeFile(join(folder, 'clips', 'y.pcm'), bytesOf(tone(200)));
    await writeFile(
      join(folder, 'clips', 'manifest.jsonl'),
      '{"filename":"y.pcm","text":"Kept elsewhere","voice":"slt"}',
    );
    const open = draft({ clip: 'x.pcm' }, { say: 'Kept elsewhere' });
    saved.set('one', { draft: says(), folder, cache: join(folder, 'clips') });
    const { turns } = await value(handlers.ofConversation({ id: 'one', draft: open }));
    expect(turns.map((one) => one.clip?.filename)).toEqual(['x.pcm', 'y.pcm']);
    const gone = await handlers.ofConversation({ id: 'two', draft: open });
    expect(!gone.ok && gone.error.code).toBe('unknown_conversation');
  });

  test('can be heard in stretches', async () => {
    const handlers = withVoices();
    await value(handlers.generate(unsaved(says('Hello'))));
    await ended();
    const { turns } = await value(handlers.ofConversation({ id: null, draft: says('Hello') }));
    const clip = turns[0]?.clip?.id ?? '';
    const whole = await value(handlers.audio({ clip, from: 0, samples: 960_000 }));
    const spoken = finishSpeech(tone(300)) ?? new Int16Array();
    expect(whole.totalSamples).toBe(spoken.length);
    expect(new Uint8Array(Buffer.from(whole.pcm, 'base64'))).toEqual(bytesOf(spoken));
    const part = await value(handlers.audio({ clip, from: 1000, samples: 10 }));
    expect(new Uint8Array(Buffer.from(part.pcm, 'base64'))).toEqual(bytesOf(spoken.slice(1000, 1010)));
    expect(await value(handlers.facts({ clip }))).toMatchObject({ id: clip, text: 'Hello' });
    const unknown = await handlers.audio({ clip: 'clip-x', from: 0, samples: 1 });
    expect(!unknown.ok && unknown.error).toMatchObject({ kind: 'not_found', code: 'unknown_clip' });
  });
});

describe('generating', () => {
  test('four at a time; what is there is not made, what is said twice once; interruptions too', async () => {
    let speaking = 0;
    let most = 0;
    const handlers = withVoices(async () => {
      most = Math.max(most, ++speaking);
      await setImmediate();
      speaking--;
      return ok(tone(300));
    });
    saved.set('a', {
      draft: { ...says('One', 'Two', 'Three', 'Four', 'Five'), name: 'First' },
      folder: workspace,
    });
    const second = draft(
      { say: 'Two' },
      { say: 'Six', kept: { barge_in: { after: '1s', say: 'Wait' } } },
      { clip: 'x.wav' },
    );
    saved.set('b', { draft: { ...second, name: 'Second' }, folder: workspace });
    const begun = await value(handlers.generate({ conversations: ['a', 'b'] }));
    expect(begun).toMatchObject({ state: 'running', ready: 0, done: 0, total: 7 });
    expect(await ended()).toMatchObject({ state: 'finished', done: 7, failed: 0, total: 7 });
    expect(most).toBe(4);
    expect((await kept()).map((name) => name.replace(/_[0-9a-f]+\.pcm$/, ''))).toEqual([
      'first_turn_1_of_5',
      'first_turn_2_of_5',
      'first_turn_3_of_5',
      'first_turn_4_of_5',
      'first_turn_5_of_5',
      'second_turn_2_of_3',
      'wait',
    ]);
    expect(changed.at(-1)).toBe(cache());
    const again = await value(handlers.generate({ conversations: ['a', 'b'] }));
    expect(again).toMatchObject({ ready: 7, total: 0 });
    expect(await ended()).toMatchObject({ state: 'finished', total: 0 });
  });

  test('goes on when one fails, and the next one does only the rest', async () => {
    let broken = true;
    const asked: string[] = [];
    const handlers = withVoices(({ text }) => {
      asked.push(text);
      return broken && text === 'Two' ? fail('unavailable', 'quota', 'Too much at once.') : ok(tone(300));
    });
    await value(handlers.generate(unsaved(says('One', 'Two', '', 'Three', 'x'.repeat(6000)))));
    const first = await ended();
    expect(first).toMatchObject({ state: 'finished', done: 2, failed: 3, total: 5 });
    expect(first.items.map(({ turn: place, state, problem }) => [place, state, problem])).toEqual([
      [3, 'failed', expect.stringContaining('has no words')],
      [5, 'failed', expect.stringContaining('6000 characters')],
      [1, 'done', null],
      [2, 'failed', 'Too much at once.'],
      [4, 'done', null],
    ]);
    broken = false;
    asked.length = 0;
    progress = [];
    const begun = await value(handlers.generate(unsaved(says('One', 'Two', 'Three'))));
    expect(begun).toMatchObject({ ready: 2, total: 1 });
    await ended();
    expect(asked).toEqual(['Two']);
    expect(await value(handlers.generation())).toMatchObject({ state: 'finished', done: 1 });
  });

  test('can be cancelled while voices speak; what is made stays', async () => {
    const waiting: (() => void)[] = [];
    const handlers = withVoices(async ({ text }) => {
      if (text !== 'One') await new Promise<void>((resolve) => waiting.push(resolve));
      return ok(tone(300));
    });
    await value(handlers.generate(unsaved(says('One', 'Two', 'Three', 'Four', 'Five', 'Six'))));
    await eventually(() => expect(waiting).toHaveLength(4));
    const refused = await handlers.generate(unsaved(says('Seven')));
    expect(!refused.ok && refused.error).toMatchObject({ kind: 'conflict', code: 'generation_running' });
    await value(handlers.cancelGeneration());
    const state = await value(handlers.generation());
    expect(state).toMatchObject({ state: 'cancelled', done: 1, total: 6 });
    expect(state?.items.map((item) => item.state)).toEqual([
      'done',
      ...Array.from({ length: 5 }, () => 'cancelled'),
    ]);
    for (const go of waiting) go();
    await value(handlers.cancelGeneration());
    expect(await kept()).toHaveLength(1);
    waiting.length = 0;
    progress = [];
    const rest = await value(handlers.generate(unsaved(says('One', 'Two'))));
    expect(rest).toMatchObject({ ready: 1, total: 1 });
    await eventually(() => expect(waiting).toHaveLength(1));
    waiting[0]?.();
    expect(await ended()).toMatchObject({ state: 'finished', done: 1 });
  });

  test('only the first turns when that is asked for', async () => {
    const handlers = withVoices();
    await value(handlers.generate({ ...unsaved(says('One', 'Two', 'Three')), maxTurns: 2 }));
    expect(await ended()).toMatchObject({ total: 2 });
    expect((await readManifest(cache())).map((line) => line.turn_count)).toEqual([2, 2]);
  });

  test('a conversation that is gone ends it before it begins', async () => {
    const handlers = withVoices();
    const refused = await handlers.generate({ conversations: ['gone'] });
    expect(!refused.ok && refused.error.code).toBe('unknown_conversation');
    expect(await value(handlers.generation())).toBeNull();
    expect((await handlers.generate(unsaved(says('One')))).ok).toBe(true);
    await ended();
  });

  test('progress is told at the beginning, at intervals and at the end, however much is made', async () => {
    const tick = Promise.withResolvers<null>();
    const handlers = withVoices(async ({ text }) => {
      if (text === 'Sentence 49') await tick.promise;
      return ok(tone(300));
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const sentences = Array.from({ length: 50 }, (_, i) => `Sentence ${i}`);
      await value(handlers.generate(unsaved(says(...sentences))));
      while ((await value(handlers.generation()))?.done !== 49) await setImmediate();
      expect(progress.map((state) => state.done)).toEqual([0]);
      vi.advanceTimersByTime(100);
      expect(progress.map((state) => state.done)).toEqual([0, 49]);
      tick.resolve(null);
      await value(handlers.cancelGeneration());
    } finally {
      vi.useRealTimers();
    }
    expect(progress).toHaveLength(3);
  });

  test('a cache that cannot be written is said at each clip', async () => {
    await writeFile(cache(), 'in the way');
    const handlers = withVoices();
    await value(handlers.generate(unsaved(says('One'))));
    const state = await ended();
    expect(state.items[0]).toMatchObject({ state: 'failed' });
    expect(state.items[0]?.problem).toContain('a file is in the way');
    await rm(cache());
  });
});

describe('verifying and mending', () => {
  test('the workspace’s own cache is empty before anything is made', async () => {
    const handlers = withVoices();
    expect(await value(handlers.verify({}))).toMatchObject({ folder: cache(), clips: [], findings: [] });
    const missing = await handlers.verify({ folder: join(workspace, 'no') });
    expect(!missing.ok && missing.error.code).toBe('folder_missing');
    const relative = await handlers.verify({ folder: 'no' });
    expect(!relative.ok && relative.error.code).toBe('not_a_folder');
  });

  test('what was found is mended, verified again and told', async () => {
    const handlers = withVoices();
    await mkdir(cache());
    await writeFile(join(cache(), 'a.pcm'), bytesOf(tone(300, { level: 0.9 })));
    const before = await value(handlers.verify({}));
    expect(before.findings.map((finding) => finding.mend)).toEqual(['adopt', 'normalise']);
    const findings = before.findings.map(({ filename, mend }) => ({
      filename: filename ?? '',
      mend: mend ?? '',
    }));
    const after = await value(handlers.mend({ findings }));
    expect(clipsApi.mend.output.safeParse(after).success).toBe(true);
    expect(after.findings).toEqual([]);
    expect(changed).toEqual([cache()]);
  });

  test('another folder is mended only once it was verified; the bundled one never', async () => {
    const handlers = withVoices();
    const folder = join(workspace, 'other');
    await mkdir(folder);
    await writeFile(join(folder, 'a.pcm'), bytesOf(tone(300, { level: 0.9 })));
    const findings = [{ filename: 'a.pcm', mend: 'normalise' }];
    const early = await handlers.mend({ folder, findings });
    expect(!early.ok && early.error).toMatchObject({ kind: 'refused', code: 'not_verified' });
    await value(handlers.verify({ folder }));
    expect((await value(handlers.mend({ folder, findings }))).findings).toEqual([]);
    const { turns } = await value(
      handlers.ofConversation({ id: null, draft: says("I'm calling about my auto insurance policy") }),
    );
    const bundled = turns[0]?.clip?.folder ?? '';
    const refused = await handlers.mend({ folder: bundled, findings });
    expect(!refused.ok && refused.error).toMatchObject({ kind: 'refused', code: 'bundled_clips' });
  });
});
