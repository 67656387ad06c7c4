import { describe, expect, it } from 'vitest';
import { Check, Extract } from '#contract/scenario/request';
import type { HttpOutcome } from '../http/exchange.ts';
import { HttpAnswer } from './answer.ts';
import { compileCheck } from './checks.ts';
import { compileExtract } from './extraction.ts';
import { jsonFinder } from './jsonPath.ts';

function answerOf({
  body = '',
  ...outcome
}: Partial<Omit<HttpOutcome, 'body'>> & { body?: string }): HttpAnswer {
  return new HttpAnswer(
    {
      sentAt: 0, firstByteAt: 1, endedAt: 2, status: 200, httpVersion: '1.1', headers: {}, bytesSent: 0,
      bytesReceived: 0, connection: null, tokens: null, messages: [], redirected: 0, failure: null,
      ...outcome, body: Buffer.from(body),
    }, true); // prettier-ignore
}

const passes = (check: unknown, answer: HttpAnswer) => compileCheck(Check.parse(check)).passes(answer);
const found = (extract: unknown, answer: HttpAnswer) =>
  compileExtract('x', Extract.parse(extract)).find(answer);

const answer = answerOf({
  status: 201,
  headers: { 'x-trace': 'abc', 'set-cookie': ['a=1; Path=/', 'sid = s=2; HttpOnly'] },
  body: JSON.stringify({ id: 7, name: 'Ann', tags: ['x', 'y'], deep: [{ v: null }, { v: 'last' }], n: '12' }),
});

describe('checks', () => {
  it.each([
    [{ status: 201 }, true],
    [{ status: '2xx' }, true],
    [{ status: [200, '4xx'] }, false],
    [{ json: '$.id' }, true],
    [{ json: '$.id', equals: 7 }, true],
    [{ json: '$.id', equals: 8 }, false],
    [{ json: '$.tags', equals: ['x', 'y'] }, true],
    [{ json: '$.tags', contains: 'y' }, true],
    [{ json: '$.name', matches: '^A' }, true],
    [{ json: '$.n', above: 11, below: 13 }, true],
    [{ json: '$.name', above: 1 }, false],
    [{ json: '$.gone', exists: false }, true],
    [{ json: '$.gone' }, false],
    [{ json: '$.deep[0].v', equals: null }, true],
    [{ json: '$..v', exists: true }, true],
    [{ json: '$.deep[?@.v == "last"].v', equals: 'last' }, true],
    [{ header: 'X-Trace', equals: 'abc' }, true],
    [{ header: 'X-Other' }, false],
    [{ body: { contains: '"Ann"' } }, true],
    [{ body: { matches: 'Bob' } }, false],
  ])('%j: %s', (check, expected) => {
    expect(passes(check, answer)).toBe(expected);
  });

  it('of JSON fail where the body is none', () => {
    expect(passes({ json: '$.id' }, answerOf({ body: '<html>' }))).toBe(false);
    expect(passes({ json: '$', exists: false }, answerOf({ body: '' }))).toBe(true);
  });

  it('say what was there', () => {
    expect(compileCheck({ json: '$.name', equals: 'Bob' }).found(answer)).toBe('Ann');
    expect(compileCheck({ json: '$.gone' }).found(answer)).toBeNull();
    expect(compileCheck({ status: 200 }).found(answer)).toBe('201');
  });
});

describe('values of an answer', () => {
  it('are found by path, header, cookie and expression', () => {
    expect(found('$.deep[-1].v', answer)).toBe('last');
    expect(found({ json: "$['name']" }, answer)).toBe('Ann');
    expect(found({ header: 'x-trace' }, answer)).toBe('abc');
    expect(found({ cookie: 'sid' }, answer)).toBe('s=2');
    expect(found({ cookie: 'other' }, answer)).toBeUndefined();
    expect(found({ regex: '"id":(\\d+)' }, answer)).toBe('7');
    expect(found({ regex: '"id":(\\d+)', group: 0 }, answer)).toBe('"id":7');
    expect(found({ regex: 'nothing (here)' }, answer)).toBeUndefined();
  });

  it('plain paths find what queries do, and nothing that is not of the JSON', () => {
    const value: unknown = JSON.parse('{"a":[{"b":1}],"__proto__":{"c":2}}');
    expect(jsonFinder('$.a[0].b')(value)).toBe(1);
    expect(jsonFinder('$.a[*].b')(value)).toBe(1);
    expect(jsonFinder('$.a.length')(value)).toBeUndefined();
    expect(jsonFinder('$.constructor')(value)).toBeUndefined();
    expect(jsonFinder('$')(value)).toBe(value);
    expect(() => jsonFinder('$.a[')).toThrow('$.a[ is not a JSON path');
  });
});
