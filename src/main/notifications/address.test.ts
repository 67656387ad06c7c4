import { describe, expect, it } from 'vitest';
import { readWebhook, shownAddress, webhookAddress } from './address.ts';

const read = (text: string) => {
  const result = readWebhook(text);
  return result.ok ? result.value : result.error.message;
};

describe('the address of a webhook', () => {
  it('comes with its format, or with the one its host understands', () => {
    expect(read('slack=https://hooks.test/services/T/B/X')).toEqual({
      format: 'slack',
      address: 'https://hooks.test/services/T/B/X',
    });
    expect(read('https://hooks.slack.com/services/T/B/X')).toMatchObject({ format: 'slack' });
    expect(read('https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=a')).toMatchObject({
      format: 'teams',
    });
    expect(read('https://ci.test/hook?x=1')).toEqual({ format: 'json', address: 'https://ci.test/hook?x=1' });
    expect(read('json=http://127.0.0.1:9/hook')).toMatchObject({ format: 'json' });
  });

  it.each([
    ['hook', 'The address of the webhook is not a URL; write it like https://host/path.'],
    ['ftp://host/x', 'The address of the webhook must begin with https://.'],
    ['http://host/secret', 'The webhook must be reached by https://; http:// is for this machine alone.'],
    [
      'discord=https://host/x',
      'There is no format "discord" of a webhook; write json, teams, slack before its address, like slack=https://….',
    ],
  ])('is refused when it is %s', (text, message) => {
    expect(read(text)).toBe(message);
  });

  it('is never shown beyond its host', () => {
    expect(shownAddress('https://hooks.test/services/T0/B0/abcdef')).toBe('https://hooks.test/***');
    expect(shownAddress('https://hooks.test:8443/?sig=abcdef')).toBe('https://hooks.test:8443/***');
    expect(shownAddress('https://hooks.test/')).toBe('https://hooks.test/');
    expect(shownAddress('nonsense')).toBe('***');
    const refused = webhookAddress('https://me:abcdef@hooks.test/abcdef');
    expect(refused.ok || refused.error.message).not.toContain('abcdef');
  });
});
