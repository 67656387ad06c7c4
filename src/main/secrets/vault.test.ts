import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Publish } from '#contract/api/index';
import type { Result } from '#contract/errors';
import { createSecretHandlers } from './handlers.ts';
import { openSecretStore, type KeyStore } from './secretStore.ts';
import { openVault } from './vault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-vault-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = (keyStore: KeyStore | null = null) => ({
  file: join(folder, 'secrets.json'),
  encryptedFile: join(folder, 'secrets.encrypted.json'),
  keyStore,
});
const turned = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a);
const desktop: KeyStore = {
  available: () => Promise.resolve(true),
  encrypt: (secret) => Promise.resolve(turned(Buffer.from(secret))),
  decrypt: (encrypted) => Promise.resolve(Buffer.from(turned(encrypted)).toString()),
};
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
function handlersOf(vault = openVault(options()), env: Record<string, string> = {}) {
  const told: string[] = [];
  const publish: Publish = (domain, name) => void told.push(`${domain}.${String(name)}`);
  const handlers = createSecretHandlers({ vault, workspace: () => join(folder, 'workspace'), env, publish });
  return { handlers, told };
}

it('keeps secrets apart from the program’s own, in a file of its owner alone', async () => {
  const own = openSecretStore(options());
  await own.set('azure-speech-key', 'azure');
  const vault = openVault(options());
  value(await vault.set('azure-speech-key', 'mine'));
  value(await vault.set('KEY', 'hunter2'));
  expect(await vault.read('KEY')).toEqual({ ok: true, value: 'hunter2' });
  expect(await own.get('azure-speech-key')).toMatchObject({ value: { secret: 'azure' } });
  expect(value(vault.names())).toEqual([
    { name: 'KEY', keptIn: 'file' },
    { name: 'azure-speech-key', keptIn: 'file' },
  ]);
  value(await vault.forget('azure-speech-key'));
  expect(await own.get('azure-speech-key')).toMatchObject({ value: { secret: 'azure' } });
  expect([vault.has('KEY'), vault.has('azure-speech-key')]).toEqual([true, false]);
  if (process.platform !== 'win32') expect(statSync(options().file).mode & 0o777).toBe(0o600);
});

it('says what to do where the system’s key store is out of reach', async () => {
  value(await openVault(options(desktop)).set('KEY', 'hunter2'));
  expect(readFileSync(options().encryptedFile, 'utf8')).not.toContain('hunter2');
  const terminal = openVault(options());
  expect(value(terminal.names())).toEqual([{ name: 'KEY', keptIn: 'os_store' }]);
  expect(terminal.has('KEY')).toBe(false);
  expect(await terminal.read('KEY')).toMatchObject({
    ok: false,
    error: {
      code: 'secret_out_of_reach',
      message:
        "it is kept in the system's key store, which only the desktop app can read; set the environment variable CROSSTALK_SECRET_KEY here.",
    },
  });
  expect(await terminal.read('OTHER')).toEqual({ ok: true, value: null });
  const locked = openVault(options({ ...desktop, decrypt: () => Promise.reject(new Error('hunter2')) }));
  const refused = await locked.read('KEY');
  expect(refused).toMatchObject({ ok: false, error: { code: 'secret_undecipherable' } });
  expect(!refused.ok && refused.error.message).not.toContain('hunter2');
});

it('lists what is kept and what is used, by whom, and never a value', async () => {
  const files: Record<string, string> = {
    'environments/staging.yaml':
      'version: 1\nname: staging\nurl: "wss://a/${secret:KEPT}"\nheaders: { a: "${secret:GONE}${env:NONE}" } # ${secret:COMMENT}\n',
    'calls.yaml':
      'version: 1\nname: My calls\nenvironment: { url: "wss://a", auth: { type: bearer, token: "${secret:KEPT}" } }\n',
    'torn.yaml': 'version: [\n',
    'named.yaml': 'environment: { url: "${secret:FROM_PROCESS}" }\n',
  };
  mkdirSync(join(folder, 'workspace', 'environments'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'workspace', name), text);
  const { handlers, told } = handlersOf(undefined, { CROSSTALK_SECRET_FROM_PROCESS: 'hunter3' });
  value(await handlers.set({ name: 'KEPT', value: 'hunter2' }));
  value(await handlers.set({ name: 'UNUSED', value: 'hunter4' }));
  expect(told).toEqual(['secrets.changed', 'secrets.changed']);
  const listed = value(await handlers.list());
  expect(listed).toEqual({
    secrets: [
      { name: 'FROM_PROCESS', keptIn: 'environment', usedBy: ['named.yaml'] },
      { name: 'GONE', keptIn: 'missing', usedBy: ['staging'] },
      { name: 'KEPT', keptIn: 'file', usedBy: ['staging', 'My calls'] },
      { name: 'UNUSED', keptIn: 'file', usedBy: [] },
    ],
    keptIn: 'file',
    place: options().file,
  });
  expect(JSON.stringify(listed)).not.toContain('hunter');
  value(await handlers.forget({ name: 'KEPT' }));
  expect(value(await handlers.list()).secrets.find(({ name }) => name === 'KEPT')?.keptIn).toBe('missing');
});

it('tells where new ones go with a key store', async () => {
  const { handlers } = handlersOf(openVault(options(desktop)));
  expect(value(await handlers.list())).toMatchObject({ keptIn: 'os_store', place: "the system's key store" });
});
