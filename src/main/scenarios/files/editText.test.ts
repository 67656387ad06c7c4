import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseScenarioText, type ScenarioSource } from '../source.ts';
import { withName, withPaths } from './editText.ts';

function source(text: string): ScenarioSource {
  const parsed = parseScenarioText('a.yaml', text);
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message);
  return parsed.source;
}

describe('another name', () => {
  test('whatever it is, it is what is read afterwards, and nothing else has changed', () => {
    const forms = [
      (name: string) => `version: 1\nname: ${JSON.stringify(name)} # why\nseed: 7\n`,
      (name: string) => `{ version: 1, name: ${JSON.stringify(name)}, seed: 7 } # why\n`,
      (name: string) => stringify({ version: 1, name, seed: 7 }),
    ];
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...forms), word, word, (form, before, after) => {
        const text = form(before);
        fc.pre(source(text).document.get('name') === before);
        const renamed = withName(source(text), after);
        expect(parse(renamed)).toEqual({ version: 1, name: after, seed: 7 });
        expect(renamed.includes('# why')).toBe(text.includes('# why'));
      }),
    );
  });

  test('the same one changes nothing', () => {
    const text = "version:   1\nname:   'A'\n";
    expect(withName(source(text), 'A')).toBe(text);
  });
});

describe('paths', () => {
  const text = `version: 1
name: ./a.wav # no path
audio: { cache: "../cache" }
environment:
  url: wss://h
  tls: { ca: certs/ca.pem, cert: 'c.pem', key: c.key, passphrase: key }
  headers: { key: key, clip: ./x } # the second is none
users:
  - kind: voice
    conversations:
      - { name: a, turns: [ &t { clip: ./hello.wav, barge_in: { clip: no.wav } }, *t, { say: clip } ] }
      - name: b
        clips: ./recordings # all of them
`;

  test('are those of clips, folders and certificates, wherever they stand, and once each', () => {
    const seen: string[] = [];
    const moved = withPaths(source(text), (path) => {
      seen.push(path);
      return `/w/${path}`;
    });
    expect(seen).toEqual([
      '../cache',
      'certs/ca.pem',
      'c.pem',
      'c.key',
      './hello.wav',
      'no.wav',
      './recordings',
    ]);
    expect(moved.split('\n')[1]).toBe('name: ./a.wav # no path');
    expect(moved).toContain('clips: /w/./recordings # all of them');
    expect(moved).toContain(
      '{ name: a, turns: [ &t { clip: /w/./hello.wav, barge_in: { clip: /w/no.wav } }, *t, { say: clip } ] }',
    );
    expect(moved).toContain('headers: { key: key, clip: ./x } # the second is none');
  });

  test('with a placeholder are left alone, and without any nothing is written anew', () => {
    const placeholder = 'version:  1\nenvironment: { url: "wss://h", tls: { ca: "${env:CA}" } }\n';
    expect(withPaths(source(placeholder), () => 'x')).toBe(placeholder);
  });
});
