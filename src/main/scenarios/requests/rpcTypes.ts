/** The calls and messages of a set of descriptors, by their full names. */
import { fail, ok, type Result } from '#contract/errors';
import { nearest } from '#contract/scenario/nearest';
import type { ValuePath } from '#contract/scenario/shape';
import { formatPath } from '#contract/scenario/shape';
import { addressOf, stepsOf, type Requester } from '#contract/scenario/steps';
import {
  readDescriptorSet,
  type EnumDescriptor,
  type FieldDescriptor,
  type MessageDescriptor,
} from '#engine/grpc/descriptorSet';

/** One remote procedure call. */
export interface RpcMethod {
  /** `package.Service/Method`. */
  name: string;
  clientStreaming: boolean;
  serverStreaming: boolean;
  input: MessageType | null;
  output: MessageType | null;
}

/** A message with its full name, without a dot before it. */
export interface MessageType {
  name: string;
  message: MessageDescriptor;
}

const joined = (...names: string[]) => names.filter((name) => name !== '').join('.');

/** What a set of descriptors holds. */
export class RpcTypes {
  readonly methods = new Map<string, RpcMethod>();
  readonly #messages = new Map<string, MessageType>();
  readonly #enums = new Map<string, EnumDescriptor>();

  /** Throws when the bytes are no `FileDescriptorSet`. */
  constructor(descriptors: Uint8Array) {
    const files = readDescriptorSet(descriptors);
    for (const file of files) {
      for (const message of file.messageType) this.#addMessage(file.package, message);
      for (const one of file.enumType) this.#enums.set(joined(file.package, one.name), one);
    }
    for (const file of files) {
      for (const service of file.service) {
        for (const method of service.method) {
          const name = `${joined(file.package, service.name)}/${method.name}`;
          this.methods.set(name, {
            name,
            clientStreaming: method.clientStreaming,
            serverStreaming: method.serverStreaming,
            input: this.messageOf(method.inputType, file.package),
            output: this.messageOf(method.outputType, file.package),
          });
        }
      }
    }
  }

  #addMessage(scope: string, message: MessageDescriptor): void {
    const name = joined(scope, message.name);
    this.#messages.set(name, { name, message });
    for (const nested of message.nestedType) this.#addMessage(name, nested);
    for (const one of message.enumType) this.#enums.set(joined(name, one.name), one);
  }

  /** Names of types are complete with a dot before them, else seen from where they stand, outwards. */
  #find<T>(types: ReadonlyMap<string, T>, written: string, scope: string): T | null {
    if (written.startsWith('.')) return types.get(written.slice(1)) ?? null;
    const parts = scope.split('.');
    for (let n = parts.length; n >= 0; n--) {
      const found = types.get(joined(...parts.slice(0, n), written));
      if (found) return found;
    }
    return null;
  }

  messageOf(written: string, scope: string): MessageType | null {
    return this.#find(this.#messages, written, scope);
  }

  /** The message that a field of a message holds; null: it holds none, or an unknown one. */
  messageIn(type: MessageType, field: FieldDescriptor): MessageType | null {
    return field.typeName === undefined ? null : this.messageOf(field.typeName, type.name);
  }

  enumIn(type: MessageType, field: FieldDescriptor): EnumDescriptor | null {
    return field.typeName === undefined ? null : this.#find(this.#enums, field.typeName, type.name);
  }
}

/** What results call the kind of a call. */
export function typeOfMethod({ clientStreaming, serverStreaming }: RpcMethod): string {
  if (clientStreaming) return serverStreaming ? 'bidi' : 'client_stream';
  return serverStreaming ? 'server_stream' : 'unary';
}

/** Why a call is not there, as the end of a sentence. */
export function unknownRpc(rpc: string, types: RpcTypes): string {
  const all = [...types.methods.keys()];
  const [service = '', method = ''] = rpc.split('/');
  const ofService = all.filter((name) => name.startsWith(`${service}/`));
  const shortest = ofService.length > 0 ? ofService : all;
  const near =
    ofService.length > 0
      ? nearest(
          method,
          ofService.map((name) => name.split('/')[1] ?? ''),
        )
      : null;
  const meant = near === null ? nearest(rpc, all) : `${service}/${near}`;
  if (meant !== null) return `there is no call ${rpc}; did you mean ${meant}?`;
  const listed = shortest.slice(0, 12).join(', ');
  return `there is no call ${rpc}; there ${shortest.length === 1 ? 'is' : 'are'} ${listed === '' ? 'none' : listed}`;
}

/** The kinds of the calls of a users entry whose server told its descriptors. Errors: `rpc_unknown`, `descriptors_invalid`. */
export function rpcTypes(
  descriptors: Uint8Array,
  requester: Requester,
  path: ValuePath,
): Result<ReadonlyMap<string, string>> {
  let types: RpcTypes;
  try {
    types = new RpcTypes(descriptors);
  } catch {
    return fail(
      'unavailable',
      'descriptors_invalid',
      `What the server of ${requester.name} says of its services cannot be read; name their .proto files with "proto".`,
    );
  }
  const found = new Map<string, string>();
  for (const { step, path: at } of stepsOf(requester, path)) {
    const rpc = addressOf(step);
    const method = types.methods.get(rpc);
    if (method === undefined)
      return fail('invalid_input', 'rpc_unknown', `${formatPath([...at, 'rpc'])}: ${unknownRpc(rpc, types)}`);
    found.set(rpc, typeOfMethod(method));
  }
  return ok(found);
}
