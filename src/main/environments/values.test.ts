import { describe, expect, it } from 'vitest';
import { fail, ok } from '#contract/errors';
import { missingIn, readValues, type SecretReader } from './values.ts';

const kept: Record<string, string> = { KEPT: 'from the store', BOTH: 'from the store', UP: 'from the store' };
const secrets: SecretReader = {
  read: (name) =>
    Promise.resolve(
      name === 'LOCKED' ? fail('unavailable', 'locked', 'the key store is locked.') : ok(kept[name] ?? null),
    ),
  has: (name) => name in kept || name === 'LOCKED',
};
const env = {
  A: 'process a',
  B: 'process b',
  BOTH: 'plain',
  CROSSTALK_SECRET_UP: 'prefixed',
  UP: 'plain',
  EMPTY: '',
};
const variables = { A: 'own a', URL: 'wss://${env:B}/${secret:KEPT}', BLANK: '', LOOP: '${env:LOOP}' };

async function fill(text: string, sources = { env, secrets: secrets as SecretReader | null }) {
  const missing = new Set<string>();
  const filled = (await readValues([text], variables, sources)).fill(text, missing);
  return { filled, missing: [...missing] };
}

describe('placeholders', () => {
  it.each([
    ['${env:A} ${env:B}', 'own a process b'],
    ['${env:URL}', 'wss://process b/from the store'],
    ['[${env:BLANK}]', '[]'],
    ['${secret:KEPT} ${secret:BOTH} ${secret:UP}', 'from the store plain prefixed'],
    ['${secret:A}', 'process a'],
  ])('%s: the environment’s variables, the process, what is kept', async (text, expected) => {
    expect(await fill(text)).toEqual({ filled: expected, missing: [] });
  });

  it.each([
    ['${env:NONE}', '${env:NONE}: set the environment variable NONE'],
    ['${env:EMPTY}', '${env:EMPTY}: set the environment variable EMPTY'],
    ['${env:LOOP}', '${env:LOOP}: set the environment variable LOOP'],
    [
      '${secret:NONE}',
      '${secret:NONE}: set the environment variable CROSSTALK_SECRET_NONE or NONE, or keep the secret in the app',
    ],
    ['${secret:LOCKED}', '${secret:LOCKED}: the key store is locked'],
  ])('%s has no value, and what to do is said', async (text, sentence) => {
    expect(await fill(text)).toEqual({ filled: '', missing: [sentence] });
  });

  it('where nothing is kept only variables are named', async () => {
    expect((await fill('${secret:KEPT}', { env, secrets: null })).missing).toEqual([
      '${secret:KEPT}: set the environment variable CROSSTALK_SECRET_KEPT or KEPT',
    ]);
  });

  it('without a value are known without opening a key store', () => {
    const asked: SecretReader = { ...secrets, read: () => expect.unreachable('not opened') };
    const texts = ['${env:URL} ${env:NONE} ${secret:LOCKED} ${secret:NONE} ${env:LOOP}'];
    expect(missingIn(texts, variables, { env, secrets: asked })).toEqual([
      '${env:NONE}',
      '${secret:NONE}',
      '${env:LOOP}',
    ]);
  });
});
