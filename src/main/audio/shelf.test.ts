import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClipShelf } from './shelf.ts';
import { bytesOf, tone } from './testing/clips.ts';

let root = '';
let workspace = '';
let shelf: ClipShelf;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'crosstalk-shelf-'));
  workspace = join(root, 'workspace');
  await mkdir(join(workspace, 'audio_cache'), { recursive: true });
  await mkdir(join(root, 'elsewhere'));
  for (const path of ['workspace/audio_cache/a.pcm', 'elsewhere/b.pcm', 'secret.pcm', 'secret.txt'])
    await writeFile(join(root, path), bytesOf(tone(200)));
  shelf = new ClipShelf({ workspace, folders: [join(workspace, 'audio_cache')] });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function idOf(path: string): Promise<string> {
  const facts = await shelf.factsOf(path);
  if (!facts.ok) throw new Error(facts.error.message);
  return facts.value.id;
}
function refused(id: string): boolean {
  const path = shelf.pathOf(id);
  return !path.ok && path.error.code === 'unknown_clip';
}

test('an id leads to the clip it was given for', async () => {
  const path = join(workspace, 'audio_cache', 'a.pcm');
  expect(shelf.pathOf(await idOf(path))).toEqual({ ok: true, value: path });
});

test('ids of an earlier session work for known folders alone', async () => {
  const inCache = await idOf(join(workspace, 'audio_cache', 'a.pcm'));
  const elsewhere = await idOf(join(root, 'elsewhere', 'b.pcm'));
  shelf = new ClipShelf({ workspace, folders: [join(workspace, 'audio_cache')] });
  expect(refused(inCache)).toBe(false);
  expect(refused(elsewhere)).toBe(true);
  shelf.open(join(root, 'elsewhere'));
  expect(refused(elsewhere)).toBe(false);
});

test('no id leads out of its folder or to what is no clip', async () => {
  const id = await idOf(join(workspace, 'audio_cache', 'a.pcm'));
  const key = id.slice(0, id.lastIndexOf('-') + 1);
  const to = (name: string) => key + Buffer.from(name).toString('base64url');
  expect(refused(to('a.pcm'))).toBe(false);
  for (const name of ['../../secret.pcm', '..\\secret.pcm', '/etc/passwd', 'manifest.jsonl', '.x.pcm', ''])
    expect(refused(to(name))).toBe(true);
  for (const other of ['', 'clip-0123456789abcdef-YS5wY20', 'x', `${id}/..`])
    expect(refused(other)).toBe(true);
});

test('a screen may see clips of the workspace and of known folders', () => {
  expect(shelf.mayShow(join(workspace, 'deep', 'down', 'x.wav'))).toBe(true);
  expect(shelf.mayShow(join(workspace, 'x.wav'))).toBe(true);
  expect(shelf.mayShow(join(workspace, '..', 'secret.pcm'))).toBe(false);
  expect(shelf.mayShow(`${workspace}-other/x.pcm`)).toBe(false);
  expect(shelf.mayShow(join(workspace, 'settings.json'))).toBe(false);
  expect(shelf.mayShow('/etc/passwd')).toBe(false);
  shelf.open(root);
  expect(shelf.mayShow(join(root, 'secret.pcm'))).toBe(true);
});

test('facts are those of the manifest, and measured again when the file changes', async () => {
  const path = join(workspace, 'audio_cache', 'a.pcm');
  const line = { filename: 'a.pcm', text: 'Hello', voice: 'slt', provider: 'offline' };
  await writeFile(join(workspace, 'audio_cache', 'manifest.jsonl'), JSON.stringify(line));
  const first = await shelf.factsOf(path);
  expect(first.ok && first.value).toMatchObject({
    text: 'Hello',
    voice: 'slt',
    durationMs: 200,
    leadingMs: 0,
  });
  await writeFile(path, bytesOf(tone(300)));
  const second = await shelf.factsOf(path);
  expect(second.ok && second.value.durationMs).toBe(300);
});
