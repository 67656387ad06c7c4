/** What only the desktop app can show: the offline voice in a utility process, and the key store of the system. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/app.ts';

/** Calls a function of the page's bridge, as a screen would. */
function ask(app: Page, domain: string, call: string, input?: object): Promise<unknown> {
  return app.evaluate(
    async ({ domain, call, input }) => {
      const bridge: unknown = Reflect.get(window, 'crosstalk');
      const group: unknown =
        typeof bridge === 'object' && bridge !== null ? Reflect.get(bridge, domain) : null;
      const asked: unknown = typeof group === 'object' && group !== null ? Reflect.get(group, call) : null;
      if (typeof asked !== 'function') throw new Error(`There is no ${domain}.${call}.`);
      return (await Reflect.apply(asked, group, [input])) as unknown;
    },
    { domain, call, input },
  );
}

test('the offline voice speaks a word', async ({ app }) => {
  expect(await ask(app, 'voices', 'test', { provider: 'offline' })).toMatchObject({
    ok: true,
    value: { ok: true, code: 'ok', voices: 4 },
  });
});

test('a key is kept where the app says, and is not readable where it says the key store has it', async ({
  app,
  home,
}) => {
  const secret = 'k3y-0f-the-desktop-test';
  const input = { auth: 'key', region: 'eastus', endpoint: '', resourceId: '', secret };
  const kept = await ask(app, 'voices', 'setAzure', input);
  expect(kept).toMatchObject({ ok: true });
  const inFile = existsSync(join(home, 'secrets.json'));
  expect(kept).toMatchObject({ value: { secretFrom: inFile ? 'file' : 'os_store', region: 'eastus' } });
  const where = join(home, inFile ? 'secrets.json' : 'secrets.encrypted.json');
  expect(readFileSync(where, 'utf8').includes(secret)).toBe(inFile);
  expect(readFileSync(join(home, 'settings.json'), 'utf8')).not.toContain(secret);
  expect(await ask(app, 'voices', 'forgetAzureSecret')).toMatchObject({
    ok: true,
    value: { secretFrom: null },
  });
});
