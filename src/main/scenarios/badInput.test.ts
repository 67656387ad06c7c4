/** Presets that are changed at random, the same way each time: whatever an operator writes is answered in sentences. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { bundled } from '../entries.ts';
import { validateScenarioText } from './validate.ts';

const folder = join(bundled('resources'), 'presets');
const jargon = /\[object |undefined|Invalid |received|Zod|TypeError|RangeError|Cannot read|\n|\.$/;
const secret = 'hunter2';

const junk: unknown[] = [
  null, true, -1, 1e300, 1.5, '', ' ', '${', '${a b}', '${nope.x}', '$.a[', '(', '*', '__proto__', '2xx', '99999999h',
  [], {}, [null], [[]], [{}], { a: { b: [1] } }, 'x'.repeat(3000), '\u0000', '\ud800', { regex: '(a', group: 9 },
  { from: 5, to: 1 }, { choice: [] }, 'protos/none.proto', '/dev/null', '.', 'a.B/C', 'GET', 'voice',
]; // prettier-ignore
const names = ['__proto__', 'constructor', 'toString', '0', '', 'steps', 'kind', 'stpes'];

/** A place of a value: the map or list it stands in, and its key. */
interface Place {
  around: object;
  key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ around: value, key }, ...placesIn(inner)]);
}

/** Numbers by chance that are the same each time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function change({ around, key }: Place, other: Place | undefined, below: (n: number) => number): void {
  const value: unknown = Reflect.get(around, key);
  const put = (what: unknown) => Reflect.set(around, key, structuredClone(what));
  switch (below(6)) {
    case 0:
      Reflect.deleteProperty(around, key);
      return;
    case 1:
      put([value]);
      return;
    case 2: {
      if (Array.isArray(around)) around.push(structuredClone(value));
      else {
        Reflect.deleteProperty(around, key);
        const name = names[below(names.length)] ?? '';
        Object.defineProperty(around, name, { value, enumerable: true, configurable: true, writable: true });
      }
      return;
    }
    case 3: {
      const copied: unknown = other === undefined ? null : Reflect.get(other.around, other.key);
      // A secret that is put where none belongs may be repeated as any text.
      if (!JSON.stringify(copied ?? null).includes(secret)) put(copied);
      return;
    }
    default:
      put(junk[below(junk.length)]);
  }
}

/** Literal secrets where they may stand. */
function withSecrets(scenario: unknown): unknown {
  if (typeof scenario !== 'object' || scenario === null || !('users' in scenario)) return scenario;
  const users: unknown[] = Array.isArray(scenario.users) ? scenario.users : [];
  for (const user of users) {
    if (typeof user !== 'object' || user === null) continue;
    const isHttp = 'kind' in user && user.kind === 'http';
    Reflect.set(user, isHttp ? 'headers' : 'metadata', {
      'x-api-key': secret,
      authorization: `Bearer ${secret}`,
    });
    const login = { post: `https://me:${secret}@h.test/?token=${secret}`, form: { password: secret } };
    if (isHttp) Reflect.set(user, 'on_start', [login, { post: '/b', json: { secret: { a: secret } } }]);
  }
  const url = `https://me:${secret}@h.test/x?key=${secret}`;
  const auth = { type: 'bearer', token: secret };
  return { ...scenario, environment: { targets: { default: { url, auth, headers: { 'x-key': secret } } } } };
}

test.each(['wisphub', 'chat-smoke', 'chat-ramp', 'june-services'])(
  'whatever is wrong with %s is said in one sentence with its place',
  async (name) => {
    const text = await readFile(join(folder, `${name}.yaml`), 'utf8');
    const below = chance(name.length);
    const wrong: string[] = [];
    let told = 0;
    for (let i = 0; i < 40; i++) {
      const scenario = withSecrets(parse(text));
      for (let changes = 1 + below(3); changes > 0; changes--) {
        const places = placesIn(scenario);
        const place = places[below(places.length)];
        if (place !== undefined) change(place, places[below(places.length)], below);
      }
      const yaml = stringify(scenario, { aliasDuplicateObjects: false });
      const { problems, warnings } = await validateScenarioText(join(folder, 'changed.yaml'), yaml);
      told += problems.length;
      for (const { line, column, path, message } of [...problems, ...warnings]) {
        const said = `${line ?? '?'}:${column ?? '?'} ${path}: ${message}`;
        if (line === null || column === null || message.trim() === '' || message.length > 500)
          wrong.push(said);
        else if (jargon.test(message) || said.includes(secret)) wrong.push(said);
      }
    }
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThan(20);
  },
);
