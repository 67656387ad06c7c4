import { describe, expect, it } from 'vitest';
import type { AzureSpeechState } from '#contract/api/voices';
import { hasChanged, secretKept, secretWords } from './speechFields.ts';

const state: AzureSpeechState = {
  auth: 'key',
  region: 'westeurope',
  endpoint: '',
  resourceId: '',
  secretFrom: 'file',
  keptIn: 'file',
  tokenExpiresAt: null,
};
const fields = { auth: 'key' as const, region: 'westeurope', endpoint: '', resourceId: '', secret: '' };

describe('the form of Azure Speech', () => {
  it('has something to save once anything but spaces differs', () => {
    expect(hasChanged(state, fields)).toBe(false);
    expect(hasChanged(state, { ...fields, region: ' westeurope ' })).toBe(false);
    expect(hasChanged(state, { ...fields, region: 'eastus' })).toBe(true);
    expect(hasChanged(state, { ...fields, secret: 'x' })).toBe(true);
    expect(hasChanged(state, { ...fields, auth: 'entra' })).toBe(true);
  });

  it('knows a secret only for the way to sign in that it belongs to', () => {
    expect(secretKept(state, 'key')).toBe(true);
    expect(secretKept(state, 'entra')).toBe(false);
    expect(secretKept({ ...state, secretFrom: null }, 'key')).toBe(false);
  });

  it('says where the secret is', () => {
    expect(secretWords(state)).toContain('only your account can read');
    expect(secretWords({ ...state, secretFrom: 'os_store' })).toContain('key store of the system');
    expect(secretWords({ ...state, secretFrom: 'environment' })).toContain('From the environment');
    expect(secretWords({ ...state, secretFrom: null, keptIn: 'os_store' })).toMatch(/^None yet.*key store/);
  });
});
