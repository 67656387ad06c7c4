/** The audio commands against a speech service on loopback, through the real SDK. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { samplesOf } from '#contract/audio/level';
import { startSpeechServer, type SpeechServer } from '../../../../test/fixtures/azureSpeech/server.ts';
import { bundled } from '../../entries.ts';
import { speak } from '../testing.ts';

const key = 'THE-SECRET';
const clip = samplesOf(readFileSync(bundled('audio_cache', 'insurance_inquiry_turn_1_of_5_f51df8.pcm')));

let folder: string;
let server: SpeechServer;
let env: Record<string, string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-azure-cli-'));
  server = await startSpeechServer({ samples: clip, accept: { key } });
  env = {
    CROSSTALK_HOME: join(folder, 'home'),
    AZURE_SPEECH_KEY: key,
    AZURE_SPEECH_ENDPOINT: server.origin,
  };
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

it('test-connection speaks a word and counts the voices', async () => {
  const { code, out, err } = await speak(['audio', 'test-connection'], env);
  expect(code).toBe(0);
  expect(out).toMatch(/^✓ .*\n {2}took \d.*, \d+ voices\n$/m);
  expect(out + err).not.toContain(key);
});

it('test-connection ends with 1 when the key is wrong', async () => {
  const { code, out } = await speak(['audio', 'test-connection'], { ...env, AZURE_SPEECH_KEY: 'another' });
  expect(code).toBe(1);
  expect(out).toContain('(bad_key)');
});

it('generate speaks with Azure, each clip once', async () => {
  const path = join(folder, 'c.yaml');
  writeFileSync(path, 'version: 1\nname: own\nturns:\n  - say: One\n  - say: Two\n  - say: One\n');
  const argv = ['audio', 'generate', path, '--provider', 'azure', '--json'];
  const { code, out } = await speak(argv, env);
  expect(code).toBe(0);
  const { made } = JSON.parse(out) as { made: { voice: string; path: string; durationMs: number }[] };
  expect(made).toHaveLength(2);
  expect(server.connections).toHaveLength(2);
  for (const { voice, path: file, durationMs } of made) {
    expect(voice).toBe('en-US-JennyMultilingualNeural');
    expect(readFileSync(file).length).toBe(Math.round(durationMs * 32));
  }
  const again = await speak(argv, env);
  expect(JSON.parse(again.out)).toMatchObject({ ready: 2, made: [] });
  expect(server.connections).toHaveLength(2);
});
