import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSecretStore, type KeyStore, type SecretStore } from './secretStore.ts';

let folder: string;
const file = () => join(folder, 'secrets.json');
const encryptedFile = () => join(folder, 'secrets.encrypted.json');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (keyStore: KeyStore | null = null): SecretStore =>
  openSecretStore({ file: file(), encryptedFile: encryptedFile(), keyStore });

/** A key store that turns bytes around. */
function keyStoreOf(more: Partial<KeyStore> = {}): KeyStore & { asked: number } {
  const turned = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a);
  return {
    asked: 0,
    available() {
      this.asked += 1;
      return Promise.resolve(true);
    },
    encrypt: (secret) => Promise.resolve(turned(Buffer.from(secret))),
    decrypt(encrypted) {
      this.asked += 1;
      return Promise.resolve(Buffer.from(turned(encrypted)).toString());
    },
    ...more,
  };
}

describe('without a key store', () => {
  test('secrets come back from a file that is its owner’s alone', async () => {
    const store = open();
    expect(store.keptIn).toBe('file');
    expect(await store.get('a')).toEqual({ ok: true, value: null });
    await store.set('a', 'one');
    await store.set('b', 'two');
    expect(await open().get('a')).toEqual({ ok: true, value: { secret: 'one', from: 'file' } });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    await store.delete('a');
    expect(await open().get('a')).toEqual({ ok: true, value: null });
    expect(await open().get('b')).toMatchObject({ value: { secret: 'two' } });
    expect(readdirSync(folder)).toEqual(['secrets.json']);
    expect(store.notice).toBeNull();
  });

  test('names of JavaScript’s own are names like others', async () => {
    expect(await open().get('toString')).toEqual({ ok: true, value: null });
    await open().set('__proto__', 'x');
    expect(await open().get('constructor')).toEqual({ ok: true, value: null });
  });

  test('a file that others could read is mended, and that is said', async () => {
    await open().set('a', 'one');
    chmodSync(file(), 0o644);
    const store = open();
    expect(await store.get('a')).toMatchObject({ value: { secret: 'one' } });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(store.notice).toMatch(/could be read by others on this machine; that is mended now/);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a folder that cannot be written keeps what was there',
    async () => {
      await open().set('a', 'one');
      chmodSync(folder, 0o500);
      const set = await open().set('a', 'two');
      chmodSync(folder, 0o700);
      expect(set).toMatchObject({ ok: false, error: { kind: 'unavailable', code: 'secrets_not_written' } });
      expect(await open().get('a')).toMatchObject({ value: { secret: 'one' } });
    },
  );

  test.each(['', '{"version":1,"secrets":{"a":"hidd3n"', '{"version":2,"secrets":{"a":"hidd3n"}}', '[]'])(
    'a file with %j is not used, not overwritten and not quoted',
    async (text) => {
      writeFileSync(file(), text, { mode: 0o600 });
      const got = await open().get('a');
      expect(got).toMatchObject({ ok: false, error: { code: 'secrets_unreadable' } });
      expect(JSON.stringify(got)).not.toContain('hidd3n');
      expect(await open().set('a', 'new')).toMatchObject({ ok: false });
      expect(readFileSync(file(), 'utf8')).toBe(text);
    },
  );

  test('a folder that is not there is said', async () => {
    rmSync(folder, { recursive: true });
    expect(await open().set('a', 'one')).toMatchObject({ ok: false, error: { code: 'secrets_not_written' } });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('with a key store', () => {
  test('nothing readable is on the disk', async () => {
    const store = open(keyStoreOf());
    expect(store.keptIn).toBe('os_store');
    await store.set('a', 'one');
    expect(readdirSync(folder)).toEqual(['secrets.encrypted.json']);
    const written = readFileSync(encryptedFile(), 'utf8');
    expect(written).not.toContain('one');
    expect(written).not.toContain(Buffer.from('one').toString('base64'));
    expect(await open(keyStoreOf()).get('a')).toEqual({
      ok: true,
      value: { secret: 'one', from: 'os_store' },
    });
  });

  test('it is not bothered for what it does not hold', async () => {
    await open().set('a', 'one');
    const keyStore = keyStoreOf();
    expect(await open(keyStore).get('a')).toMatchObject({ value: { secret: 'one', from: 'file' } });
    expect(await open(keyStore).get('b')).toMatchObject({ value: null });
    expect(keyStore.asked).toBe(0);
  });

  test('a secret lies in one place: the one it was kept in last', async () => {
    await open().set('a', 'plain');
    await open(keyStoreOf()).set('a', 'encrypted');
    expect(await open().get('a')).toEqual({ ok: true, value: null });
    await open().set('a', 'plain again');
    expect(await open(keyStoreOf()).get('a')).toMatchObject({
      value: { secret: 'plain again', from: 'file' },
    });
  });

  test('forgetting reaches both files, from either door', async () => {
    await open(keyStoreOf()).set('a', 'one');
    await open().delete('a');
    expect(await open(keyStoreOf()).get('a')).toEqual({ ok: true, value: null });
  });

  test.each<[string, Partial<KeyStore>]>([
    ['cannot be used', { available: () => Promise.resolve(false) }],
    ['fails to say', { available: () => Promise.reject(new Error('no bus')) }],
  ])('one that %s gives way to the file, and that is said', async (_what, more) => {
    const store = open(keyStoreOf(more));
    expect(await store.set('a', 'one')).toEqual({ ok: true, value: undefined });
    expect(store.keptIn).toBe('file');
    expect(await store.get('a')).toMatchObject({ value: { secret: 'one', from: 'file' } });
  });

  test('one that is locked says what to do', async () => {
    await open(keyStoreOf()).set('a', 'one');
    const locked = keyStoreOf({
      encrypt: () => Promise.reject(new Error('locked')),
      decrypt: () => Promise.reject(new Error('locked')),
    });
    expect(await open(locked).get('a')).toMatchObject({
      ok: false,
      error: { code: 'secret_undecipherable', detail: 'locked' },
    });
    expect(await open(locked).set('a', 'two')).toMatchObject({
      ok: false,
      error: { code: 'secret_not_kept' },
    });
    expect(await open(keyStoreOf()).get('a')).toMatchObject({ value: { secret: 'one' } });
  });
});
