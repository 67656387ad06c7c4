import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { speak } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-connection-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A port of this machine where nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('audio test-connection', () => {
  it('speaks a word with the offline voice', async () => {
    const text = await speak(['audio', 'test-connection', '--provider', 'offline'], env);
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out).toMatch(/^✓ The offline voice spoke a word.*\n {2}took \d.*, 4 voices\n$/);
  });

  it('says what is missing for Azure', async () => {
    const { code, out } = await speak(['audio', 'test-connection'], env);
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}key +none$/m);
    expect(out).toMatch(/^ {2}region +none$/m);
    expect(out).toMatch(/^✕ .*AZURE_SPEECH_KEY.*\(not_configured\)$/m);
  });

  it('says where the key comes from and never what it is', async () => {
    const azure = {
      ...env,
      AZURE_SPEECH_KEY: 'THE-SECRET',
      AZURE_SPEECH_ENDPOINT: `ws://127.0.0.1:${await closedPort()}`,
    };
    const text = await speak(['audio', 'test-connection', '--provider', 'azure'], azure);
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/^ {2}key +from an environment variable$/m);
    expect(text.out).toMatch(/^✕ .*127\.0\.0\.1:\d+.*\(no_network\)$/m);
    const json = await speak(['audio', 'test-connection', '--json'], azure);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      provider: 'azure',
      configured: { auth: 'key', secretFrom: 'environment' },
      ok: false,
      code: 'no_network',
    });
    expect(text.out + text.err + json.out + json.err).not.toContain('THE-SECRET');
  });
});
