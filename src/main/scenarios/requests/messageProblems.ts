/** Calls, messages and fields of steps against the descriptors of their services. */
import { describeValue, type ValueProblem } from '#contract/scenario/explain';
import type { RpcStep } from '#contract/scenario/file';
import { nearest } from '#contract/scenario/nearest';
import type { ValuePath } from '#contract/scenario/shape';
import { addressOf, type PlacedStep } from '#contract/scenario/steps';
import { unknownRpc } from '#engine/grpc/methods';
import type { FieldType, MessageType, MethodType, ServiceTypes } from '#engine/grpc/serviceTypes';

function unknownField(name: string, type: MessageType): string {
  const names = type.fields.map((field) => field.name);
  const near = nearest(name, names);
  if (near !== null && near !== name) return `${type.name} has no field "${name}"; did you mean "${near}"?`;
  return `${type.name} has no field "${name}"; it has ${names.length === 0 ? 'none' : names.slice(0, 20).join(', ')}`;
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with one value of a field. */
function valueProblems(
  value: unknown,
  field: FieldType,
  types: ServiceTypes,
  path: ValuePath,
): ValueProblem[] {
  if (isTemplate(value) || value === null) return [];
  const wrong = (must: string) => [
    { path: [...path], message: `${field.name} must be ${must}, not ${describeValue(value, field.name)}` },
  ];
  const message = field.typeName === null ? undefined : types.message(field.typeName);
  if (message !== undefined) return messageProblems(value, message, types, path);
  const names = field.typeName === null ? [] : [...types.enumValues(field.typeName).keys()];
  if (names.length > 0 && typeof value === 'string') {
    if (names.includes(value)) return [];
    const near = nearest(value, names);
    const meant = near === null ? '' : `; did you mean "${near}"?`;
    return wrong(`one of ${names.slice(0, 20).join(', ')}`).map((p) => ({
      ...p,
      message: p.message + meant,
    }));
  }
  if (isMap(value) || Array.isArray(value)) return wrong('one value');
  if (field.type === 'TYPE_STRING' && typeof value !== 'string') return wrong('text');
  if (field.type === 'TYPE_BOOL' && typeof value !== 'boolean') return wrong('true or false');
  if (
    /INT|FIXED|FLOAT|DOUBLE/.test(field.type) &&
    typeof value === 'string' &&
    !/^-?[\d.]+([eE][+-]?\d+)?$|^(NaN|-?Infinity)$/.test(value)
  )
    return wrong('a number');
  if (/INT|FIXED/.test(field.type) && typeof value === 'number' && !Number.isInteger(value))
    return wrong('a whole number');
  return [];
}

/** Fields of a message that are not there, and values that cannot be theirs. */
function messageProblems(
  value: unknown,
  type: MessageType,
  types: ServiceTypes,
  path: ValuePath,
): ValueProblem[] {
  // Those have forms of their own in JSON.
  if (value === undefined || value === null || isTemplate(value) || type.name.startsWith('google.protobuf.'))
    return [];
  if (!isMap(value))
    return [
      {
        path: [...path],
        message: `a message of ${type.name} must be a map of its fields, not ${describeValue(value)}`,
      },
    ];
  return Object.entries(value).flatMap(([name, entry]): ValueProblem[] => {
    const field = type.byName.get(name);
    if (field === undefined) return [{ path: [...path], key: name, message: unknownField(name, type) }];
    const at = [...path, name];
    if (!field.repeated) return valueProblems(entry, field, types, at);
    if (isTemplate(entry) || entry === null) return [];
    if (field.map !== null) {
      const { value: ofValue } = field.map;
      if (!isMap(entry))
        return [{ path: at, message: `${name} must be a map, not ${describeValue(entry, name)}` }];
      return Object.entries(entry).flatMap(([key, one]) => valueProblems(one, ofValue, types, [...at, key]));
    }
    if (!Array.isArray(entry))
      return [{ path: at, message: `${name} must be a list, not ${describeValue(entry, name)}` }];
    return entry.flatMap((one: unknown, i) => valueProblems(one, field, types, [...at, i]));
  });
}

/** A field by its path (`result.audio`), and what is wrong with it; null: nothing. */
function fieldProblem(
  path: string,
  type: MessageType | undefined,
  types: ServiceTypes,
  wanted: 'TYPE_BYTES' | 'TYPE_STRING',
): string | null {
  let at = type;
  const parts = path.split('.');
  for (const [i, part] of parts.entries()) {
    if (at === undefined) return null;
    const field = at.byName.get(part);
    if (field === undefined) return unknownField(part, at);
    if (i === parts.length - 1)
      return field.type === wanted
        ? null
        : `${path} of ${type?.name ?? at.name} does not hold ${wanted === 'TYPE_BYTES' ? 'bytes' : 'text'}`;
    at = field.typeName === null ? undefined : types.message(field.typeName);
  }
  return null;
}

function streamProblems(step: RpcStep, { rpc, kind: how }: MethodType, path: ValuePath): ValueProblem[] {
  if (how === 'client_stream' || how === 'bidi') return [];
  const found: ValueProblem[] = [];
  const kind = how === 'unary' ? 'a unary call' : 'a server stream';
  if (step.audio !== undefined)
    found.push({
      path: [...path, 'audio'],
      message: `${rpc} is ${kind}, which takes one message: audio is streamed into client streams only`,
    });
  if (step.messages !== undefined)
    found.push({
      path: [...path, 'messages'],
      message: `${rpc} is ${kind}, which takes one message; write it as "message"`,
    });
  return found;
}

/** Everything of a call that its service does not have. */
function rpcProblems(step: RpcStep, path: ValuePath, types: ServiceTypes): ValueProblem[] {
  const rpc = addressOf(step);
  const method = types.method(rpc);
  if (method === undefined) return [{ path: [...path, 'rpc'], message: unknownRpc(types, rpc) }];
  const [input, output] = [types.message(method.request), types.message(method.response)];
  const found = streamProblems(step, method, path);
  const message = (value: unknown, at: ValuePath) => {
    if (input !== undefined) found.push(...messageProblems(value, input, types, at));
  };
  message(step.message, [...path, 'message']);
  step.messages?.forEach((one, i) => message(one, [...path, 'messages', i]));
  message(step.audio?.message, [...path, 'audio', 'message']);
  const field = (
    written: string | undefined,
    type: MessageType | undefined,
    wanted: 'TYPE_BYTES' | 'TYPE_STRING',
    at: ValuePath,
  ) => {
    const problem = written === undefined ? null : fieldProblem(written, type, types, wanted);
    if (problem !== null) found.push({ path: [...at], message: problem });
  };
  field(step.audio?.field, input, 'TYPE_BYTES', [...path, 'audio', 'field']);
  field(step.first_audio, output, 'TYPE_BYTES', [...path, 'first_audio']);
  field(step.token, output, 'TYPE_STRING', [...path, 'token']);
  return found;
}

/** Calls, messages and fields that the services do not have. */
export function callProblems(types: ServiceTypes, steps: readonly PlacedStep[]): ValueProblem[] {
  return steps.flatMap(({ step, path }) => ('rpc' in step ? rpcProblems(step, path, types) : []));
}
