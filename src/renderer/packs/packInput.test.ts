import { describe, expect, it } from 'vitest';
import { asKind, emptyFields, isZip, readPackForm, type PackFields, type PackForm } from './packInput.ts';

function form(fields: Partial<PackFields>, more: Partial<PackForm> = {}): PackForm {
  return {
    source: { kind: 'scenario', path: '/w/calls.yaml' },
    purpose: 'azure',
    conversations: null,
    fields: { ...emptyFields, ...fields },
    ...more,
  };
}

describe('the form of a pack', () => {
  it('leaves to the scenario what is empty', () => {
    expect(readPackForm(form({}))).toEqual({
      input: { source: { kind: 'scenario', path: '/w/calls.yaml' }, purpose: 'azure' },
      problems: {},
    });
  });

  it('takes what is typed', () => {
    const typed = form(
      {
        name: ' Nightly ',
        url: 'wss://agent.example.com/x',
        users: '250',
        spawnRate: '2,5',
        duration: '1m30s',
        engineInstances: '3',
        maxTurns: '4',
      },
      { conversations: ['quick'] },
    );
    expect(readPackForm(typed).input).toEqual({
      source: { kind: 'scenario', path: '/w/calls.yaml' },
      purpose: 'azure',
      conversations: ['quick'],
      name: 'Nightly',
      url: 'wss://agent.example.com/x',
      users: 250,
      spawnRate: 2.5,
      durationMs: 90_000,
      engineInstances: 3,
      maxTurns: 4,
    });
  });

  it.each([
    ['url', 'http://agent'],
    ['url', 'wss://'],
    ['users', '0'],
    ['users', '100001'],
    ['users', '1e3'],
    ['spawnRate', '-1'],
    ['spawnRate', 'fast'],
    ['duration', '30'],
    ['duration', '0s'],
    ['engineInstances', '401'],
    ['maxTurns', '2.5'],
  ] as const)('%s does not take %s and asks for nothing meanwhile', (field, text) => {
    const { input, problems } = readPackForm(form({ [field]: text }));
    expect(input).toBeNull();
    expect(Object.keys(problems)).toEqual([field]);
  });

  it('asks for no engines where there are none, whatever stands in the hidden field', () => {
    const { input, problems } = readPackForm(form({ engineInstances: 'many' }, { purpose: 'locust' }));
    expect(problems).toEqual({});
    expect(input?.engineInstances).toBeUndefined();
  });

  it('needs a conversation', () => {
    expect(readPackForm(form({}, { conversations: [] })).problems.conversations).toContain('at least one');
  });
});

describe('the place of a pack', () => {
  it.each([
    ['/w/packs/calls', 'zip', '/w/packs/calls.zip'],
    ['/w/packs/calls/', 'zip', '/w/packs/calls.zip'],
    ['C:\\packs\\calls.ZIP', 'folder', 'C:\\packs\\calls'],
    ['/w/packs/calls.zip', 'zip', '/w/packs/calls.zip'],
    ['', 'zip', ''],
  ] as const)('%s as a %s is %s', (path, kind, there) => {
    expect(asKind(path, kind)).toBe(there);
  });

  it('is told by its ending', () => {
    expect([isZip('/a/b.zip '), isZip('/a/b.zip/c'), isZip('')]).toEqual([true, false, false]);
  });
});
