import { describe, expect, it } from 'vitest';
import { readJson, writeJson } from './jsonText.ts';
import {
  readCountSpan,
  readScalar,
  readScalarList,
  readSpan,
  readWords,
  writeScalar,
  writeScalarList,
  writeSpan,
  writeWords,
} from './scalars.ts';

describe('a value in one line', () => {
  it('is written so that it is read as the same', () => {
    const values = [
      '',
      'words',
      '5',
      5,
      -1.5,
      true,
      'true',
      null,
      'null',
      '007',
      '[',
      { a: [1, 'b'] },
      '"q"',
      '${user.id}',
    ];
    for (const value of values) expect(readScalar(writeScalar(value)), JSON.stringify(value)).toEqual(value);
    const lists = [[1, 'a, b', '2'], ['x'], [], ['', 'y'], [' space ']];
    for (const list of lists)
      expect(readScalarList(writeScalarList(list)), JSON.stringify(list)).toEqual(list);
  });

  it('is text where it only begins like something else', () => {
    expect(readScalar('12 monkeys')).toBe('12 monkeys');
    expect(readScalar('trueish')).toBe('trueish');
  });
});

describe('one value, or any between two', () => {
  it('is read and written alike', () => {
    expect(readSpan('1s to 3s')).toEqual({ from: '1s', to: '3s' });
    expect(readSpan('1s..3s')).toEqual({ from: '1s', to: '3s' });
    expect(readSpan(' 500ms ')).toBe('500ms');
    expect(readSpan('1s to')).toBe('1s to');
    expect(readCountSpan('2 to 5')).toEqual({ from: 2, to: 5 });
    expect(readCountSpan('3')).toBe(3);
    expect(writeSpan({ from: '1s', to: '3s' })).toBe('1s to 3s');
    expect(writeSpan(3)).toBe('3');
  });
});

it('words and numbers stand with commas between them', () => {
  expect(readWords('200')).toBe(200);
  expect(readWords('200, 2xx')).toEqual([200, '2xx']);
  expect(readWords('forever')).toBe('forever');
  expect(writeWords(['connect', 503])).toBe('connect, 503');
});

describe('JSON as it is written', () => {
  it('says what is wrong with it, and where', () => {
    expect(readJson('{"a": 1}')).toEqual({ value: { a: 1 }, problem: null });
    expect(readJson('{\n  "a": ${user.id}\n}').problem).toContain('a placeholder stands in quotes');
    expect(readJson('{"a": ').problem).not.toBeNull();
  });

  it('is read as what was written', () => {
    for (const value of [{ a: { b: [1, 2] } }, 'text', 5, [], null])
      expect(readJson(writeJson(value)).value).toEqual(value);
  });
});
