import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressTemplate,
  jsonTemplate,
  partsOf,
  referenceOf,
  textTemplate,
  UnsetVariable,
} from './templates.ts';

const valuesOf = (values: Record<string, unknown>) => ({
  valueOf: (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined),
});
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);

describe('texts with placeholders', () => {
  it('are filled in by name, field and place', () => {
    const values = valuesOf({ n: 3, user: { name: 'ann', tags: ['a', { x: 'deep' }] } });
    const fill = (text: string) => textTemplate(text).fill(values);
    expect(fill('${user.name} has ${n}')).toBe('ann has 3');
    expect(fill('${user.tags[0]}${user.tags[1].x}')).toBe('adeep');
    expect(fill('${user.tags}')).toBe('["a",{"x":"deep"}]');
  });

  it('keep what is escaped or never closed as it stands', () => {
    const fill = (text: string) => textTemplate(text).fill(valuesOf({ a: 'A' }));
    expect(fill('$${a} ${a}')).toBe('${a} A');
    expect(fill('$$${a}')).toBe('$${a}');
    expect(fill('${a')).toBe('${a');
    expect(fill('$a {a} $')).toBe('$a {a} $');
  });

  it('are the same text where nothing is filled in', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${'));
        expect(textTemplate(text).constant).toBe(text);
      }),
    );
  });

  it('hold every value once, in order, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[^$]*$/), name, fc.string())), (pieces) => {
        const values = Object.fromEntries(pieces.map(([, key, value]) => [key, value]));
        const text = pieces.map(([literal, key]) => `${literal}\${${key}}`).join('');
        const filled = textTemplate(text).fill(valuesOf(values));
        expect(filled).toBe(pieces.map(([literal, key]) => `${literal}${values[key] ?? ''}`).join(''));
      }),
    );
  });

  it('never fail to compile', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[$ {}a.[\]0]{0,20}$/), (text) => {
        const parts = partsOf(text);
        for (const part of parts) if (typeof part !== 'string') expect(referenceOf(part.text)).toEqual(part);
      }),
    );
  });

  it('say which placeholder has no value', () => {
    const fill = (text: string) => () =>
      textTemplate(text).fill(valuesOf({ user: { name: 'ann' }, gone: undefined }));
    expect(fill('${token}')).toThrow(UnsetVariable);
    expect(fill('${user.pin}')).toThrow('${user.pin} has no value');
    expect(fill('${user.name.first}')).toThrow(UnsetVariable);
    expect(fill('${user.constructor}')).toThrow(UnsetVariable);
    expect(fill('${gone}')).toThrow(UnsetVariable);
  });
});

describe('addresses', () => {
  it('take any value within path and query as that one value', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' }), (id, q) => {
        fc.pre(id !== '.' && id !== '..');
        const url = addressTemplate('/clients/${id}/x?q=${q}&end=1').fill(valuesOf({ id, q }));
        const parsed = new URL(`http://h${url}`);
        expect(parsed.pathname.split('/')).toHaveLength(4);
        expect(decodeURIComponent(parsed.pathname.split('/')[2] ?? '')).toBe(id.toWellFormed());
        expect(parsed.searchParams.get('q')).toBe(q.toWellFormed());
        expect(parsed.searchParams.get('end')).toBe('1');
      }),
    );
  });

  it('may begin with a value that is an address', () => {
    const values = valuesOf({ base: 'https://h:1/a', id: 'x y' });
    expect(addressTemplate('${base}/b/${id}').fill(values)).toBe('https://h:1/a/b/x%20y');
  });

  it('escape what must not stand in an address, and only that', () => {
    expect(addressTemplate('/Zürich a%20b?x=ü').constant).toBe('/Z%C3%BCrich%20a%20b?x=%C3%BC');
  });
});

describe('JSON', () => {
  it('keeps the type of a text that is nothing but a placeholder', () => {
    const template = jsonTemplate({ a: '${n}', b: ['${o}', 'n: ${n}'], c: { d: '${t}' }, e: 1, f: null });
    expect(template.fill(valuesOf({ n: 5, o: { x: [1] }, t: true }))).toEqual({
      a: 5, b: [{ x: [1] }, 'n: 5'], c: { d: true }, e: 1, f: null,
    }); // prettier-ignore
  });

  it('is what it is where nothing is filled in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('${'));
        const template = jsonTemplate(value);
        expect(template.fixed).toBe(true);
        expect(JSON.stringify(template.fill(valuesOf({})))).toBe(JSON.stringify(value));
      }),
    );
  });
});
