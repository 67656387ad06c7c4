/** Methods of services, ready to be called: how their messages are written and read. */
import { loadFileDescriptorSetFromBuffer, type PackageDefinition } from '@grpc/proto-loader';
import { fail, ok, type Result } from '#contract/errors';
import { nearest } from '#contract/scenario/nearest';
import { readDescriptorSet } from './descriptorSet.ts';
import { fieldAt } from './fields.ts';
import { MessageMismatch, messageFrom } from './messageJson.ts';
import { ServiceTypes, type FieldType, type MethodType } from './serviceTypes.ts';

/** Bytes stay bytes, 64-bit numbers become text: no digit is lost. */
const conversions = {
  longs: String,
  enums: String,
  defaults: true,
  arrays: true,
  objects: true,
  json: true,
} as const;

export interface CallableMethod {
  type: MethodType;
  /** Throws a `MessageMismatch`. */
  encode(json: unknown): Buffer;
  /** Throws when the bytes are no such message. */
  decode(bytes: Buffer): unknown;
  /** Fields on the way to one of the request. Throws a `MessageMismatch`. */
  requestField(path: string): FieldType[];
  /** Names of the fields on the way to one of the response. Throws a `MessageMismatch`. */
  responseField(path: string): string[];
}

/** The methods and types of a serialised `FileDescriptorSet`. Error: `proto_invalid`. */
export function readServices(descriptors: Uint8Array): Result<ServiceTypes> {
  try {
    return ok(new ServiceTypes(readDescriptorSet(descriptors)));
  } catch (thrown) {
    return unreadable(thrown);
  }
}

function unreadable(thrown: unknown): Result<never> {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return fail('invalid_input', 'proto_invalid', `The descriptors of the services cannot be read: ${why}.`);
}

export class Methods {
  readonly types: ServiceTypes;
  readonly #definition: PackageDefinition;
  readonly #methods = new Map<string, CallableMethod>();

  private constructor(types: ServiceTypes, definition: PackageDefinition) {
    this.types = types;
    this.#definition = definition;
  }

  static from(descriptors: Uint8Array): Result<Methods> {
    const types = readServices(descriptors);
    if (!types.ok) return types;
    try {
      return ok(
        new Methods(types.value, loadFileDescriptorSetFromBuffer(Buffer.from(descriptors), conversions)),
      );
    } catch (thrown) {
      return unreadable(thrown);
    }
  }

  /** Throws a `MessageMismatch` when there is no such method. */
  get(rpc: string): CallableMethod {
    const known = this.#methods.get(rpc);
    if (known !== undefined) return known;
    const method = this.#make(rpc);
    this.#methods.set(rpc, method);
    return method;
  }

  #make(rpc: string): CallableMethod {
    const type = this.types.method(rpc);
    if (type === undefined) throw new MessageMismatch(sentence(unknownRpc(this.types, rpc)));
    const service = this.#definition[type.service];
    const found =
      service === undefined || 'format' in service
        ? undefined
        : Object.entries(service).find(([name]) => name === type.method)?.[1];
    if (found === undefined) throw new MessageMismatch(`The descriptors do not say how ${rpc} is called.`);
    const { types } = this;
    return {
      type,
      encode: (json) => {
        const message = messageFrom(types, type.request, json);
        try {
          return found.requestSerialize(message);
        } catch (thrown) {
          throw new MessageMismatch(`The message is no ${type.request}: ${String(thrown)}.`);
        }
      },
      decode: (bytes) => found.responseDeserialize(bytes),
      requestField: (path) => fieldsTo(types, type.request, path),
      responseField: (path) => fieldsTo(types, type.response, path).map(({ name }) => name),
    };
  }
}

function fieldsTo(types: ServiceTypes, message: string, path: string): FieldType[] {
  const found = fieldAt(types, message, path);
  if ('problem' in found) throw new MessageMismatch(found.problem);
  return found.fields;
}

/** Why a call is not there and what was probably meant, as the end of a sentence. */
export function unknownRpc({ methods }: ServiceTypes, rpc: string): string {
  const [service = '', method = ''] = rpc.split('/');
  const ofService = methods.filter((one) => one.service === service);
  const near = nearest(
    method,
    ofService.map((one) => one.method),
  );
  const all = methods.map((one) => one.rpc);
  const meant = near === null ? nearest(rpc, all) : `${service}/${near}`;
  if (meant !== null) return `there is no call ${rpc}; did you mean ${meant}?`;
  const names = ofService.length > 0 ? ofService.map((one) => one.rpc) : all;
  const some = names.length > 12 ? `${names.slice(0, 12).join(', ')} …` : names.join(', ');
  return `there is no call ${rpc}; there ${names.length === 1 ? 'is' : 'are'} ${some === '' ? 'none' : some}`;
}

function sentence(end: string): string {
  return `${end.charAt(0).toUpperCase()}${end.slice(1)}${/[?…]$/.test(end) ? '' : '.'}`;
}
