/** The voices of a command: those of its environment and its home, and gone when it has ended. */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSpeechServer, type SpeechServer } from '../../../test/fixtures/azureSpeech/server.ts';
import { testCli } from './testing.ts';
import { withVoices } from './voices.ts';

const hello = {
  text: 'Hello',
  provider: 'azure',
  voice: 'en-US-AriaNeural',
  style: null,
  rate: null,
} as const;
let folder: string;
let server: SpeechServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-cli-voices-'));
  server = await startSpeechServer({ samples: new Int16Array(1600).fill(900), accept: { key: 'k3y' } });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('Azure speaks as the environment says, and no home is made for it', async () => {
  const home = join(folder, 'home');
  const cli = testCli({
    CROSSTALK_HOME: home,
    AZURE_SPEECH_KEY: 'k3y',
    AZURE_SPEECH_ENDPOINT: server.origin,
  });
  const used = await withVoices(cli, async (voices) => {
    expect(await voices.synthesise(hello)).toMatchObject({ ok: true, value: { length: 1600 } });
    return voices;
  });
  expect(await used.synthesise(hello)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  expect(existsSync(home)).toBe(false);
  expect(cli.said).toEqual({ out: '', err: '' });
});

test.skipIf(process.platform === 'win32')(
  'a key that others could read is used, and that is said',
  async () => {
    const secrets = join(folder, 'secrets.json');
    writeFileSync(secrets, JSON.stringify({ version: 1, secrets: { 'azure-speech-key': 'k3y' } }));
    chmodSync(secrets, 0o644);
    const cli = testCli({ CROSSTALK_HOME: folder, AZURE_SPEECH_ENDPOINT: server.origin });
    expect(await withVoices(cli, (voices) => voices.synthesise(hello))).toMatchObject({ ok: true });
    expect(cli.said.err).toMatch(/^Note: The secrets in .* could be read by others on this machine/);
  },
);
