import { expect, it } from 'vitest';
import { bytesPaths } from './fields.ts';
import { base64, exampleOf, jsonOf, shortBytes } from './messageJson.ts';
import { Methods } from './methods.ts';
import { compileProtos } from './protos.ts';
import { writeProto } from './testing/service.ts';

const wide = `syntax = "proto3";
package wide;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/field_mask.proto";
enum Mode { SLOW = 0; FAST = 1; }
message All {
  int32 small = 1; int64 large = 2; uint32 unsigned = 3; double real = 4; bool yes = 5; string text = 6; bytes raw = 7;
  Mode mode = 8; repeated Mode modes = 9; map<string, All> children = 10; All child = 11;
  oneof one { string left = 12; bytes right = 13; }
  google.protobuf.Timestamp at = 14; google.protobuf.Duration lasting = 15; google.protobuf.Struct free = 16;
  google.protobuf.StringValue maybe = 17; google.protobuf.FieldMask mask = 18; google.protobuf.Value any_value = 19;
  optional int32 set_or_not = 20; repeated All list = 21;
}
service Wide { rpc Do(All) returns (All); }
`;

const compiled = await compileProtos([writeProto(wide)], []);
if (!compiled.ok) throw new Error(compiled.error.message);
const methods = Methods.from(compiled.value);
if (!methods.ok) throw new Error(methods.error.message);
const { types } = methods.value;
const method = methods.value.get('wide.Wide/Do');

const there = (json: unknown) => jsonOf(types, 'wide.All', method.decode(method.encode(json)), base64);

it('goes to the wire and back', () => {
  const message = {
    small: -5,
    large: '9007199254740993',
    real: 1.5,
    yes: true,
    text: 'hello',
    raw: 'AAEC',
    mode: 'FAST',
    modes: ['SLOW', 'FAST'],
    children: { first: { text: 'inner' } },
    left: 'x',
    at: '2026-01-31T12:00:00.5Z',
    lasting: '1.5s',
    free: { a: [1, 'two', null, { deep: true }] },
    maybe: 'perhaps',
    mask: 'a,b.c',
    any_value: [1, 2],
    set_or_not: 0,
    list: [{ small: 1 }, { small: 2 }],
  };
  const back = there(message);
  expect(back).toMatchObject({
    ...message,
    at: '2026-01-31T12:00:00.500Z',
    lasting: '1.500s',
    children: { first: { text: 'inner' } },
  });
});

it('takes numbers as text, as templates give them, and fields in camel case', () => {
  expect(there({ small: '7', real: '2.5', yes: 'true', text: 42, setOrNot: 3 })).toMatchObject({
    small: 7,
    real: 2.5,
    yes: true,
    text: '42',
    set_or_not: 3,
  });
});

it.each([
  [{ smal: 1 }, "The message's smal is no field of wide.All; did you mean small?"],
  [{ child: { small: 'x' } }, 'The message\'s child.small must be a whole number, not "x".'],
  [
    { small: 2 ** 40 },
    "The message's small must lie between -2147483648 and 2147483647, not at 1099511627776.",
  ],
  [{ unsigned: -1 }, "The message's unsigned must lie between 0 and 4294967295, not at -1."],
  [{ modes: ['FAST', 'FASTER'] }, 'The message\'s modes[1] must be one of SLOW, FAST, not "FASTER".'],
  [{ modes: 'FAST' }, "The message's modes must be a list, because it is repeated."],
  [{ children: [] }, "The message's children must be an object, because it is a map."],
  [
    { children: { a: { yes: 'maybe' } } },
    'The message\'s children.a.yes must be true or false, not "maybe".',
  ],
  [{ raw: '***' }, 'The message\'s raw must be base64 text, not "***".'],
  [{ left: 'a', right: '' }, "The message's right excludes left: only one of one can be set."],
  [{ at: 'yesterday' }, "The message's at must be a time like 2026-01-31T12:00:00Z."],
  [{ list: [{}, 3] }, "The message's list[1] must be an object (wide.All), not 3."],
  ['text', 'The message must be an object (wide.All), not "text".'],
])('%j is named with its path', (json, sentence) => {
  expect(() => method.encode(json)).toThrow(sentence);
});

it('shows audio by its length only', () => {
  expect(jsonOf(types, 'wide.All', { raw: Buffer.alloc(3200) }, shortBytes)).toEqual({ raw: '(3200 bytes)' });
});

it('makes an example that can be sent as it is', () => {
  const example = exampleOf(types, 'wide.All');
  expect(example).toMatchObject({
    small: 0,
    text: '',
    raw: '',
    mode: 'SLOW',
    child: null,
    children: {},
    left: '',
    at: '1970-01-01T00:00:00Z',
  });
  expect(() => method.encode(example)).not.toThrow();
  expect(bytesPaths(types, 'wide.All')).toEqual(['raw', 'right']);
});

it('names the method that was probably meant', () => {
  expect(() => methods.value.get('wide.Wide/Doo')).toThrow(
    'There is no call wide.Wide/Doo; did you mean wide.Wide/Do?',
  );
});
