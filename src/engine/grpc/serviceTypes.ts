/** The methods and types that descriptors tell of, by complete name. */
import type { EnumDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor } from './descriptorSet.ts';

export const rpcKinds = ['unary', 'client_stream', 'server_stream', 'bidi'] as const;
export type RpcKind = (typeof rpcKinds)[number];

export interface MethodType {
  /** `package.Service/Method`. */
  rpc: string;
  service: string;
  method: string;
  kind: RpcKind;
  /** Complete names of messages. */
  request: string;
  response: string;
}

export interface FieldType {
  name: string;
  /** As proto3's JSON writes it. */
  jsonName: string;
  number: number;
  /** `TYPE_STRING` … (descriptor.proto, FieldDescriptorProto.Type). */
  type: string;
  /** Complete name of its message or enum; null: it is neither. */
  typeName: string | null;
  repeated: boolean;
  /** Types of key and value; null: it is no map. */
  map: { key: FieldType; value: FieldType } | null;
  /** Those of a oneof exclude each other; null: it is in none. */
  oneof: string | null;
}

export interface MessageType {
  name: string;
  fields: FieldType[];
  byName: ReadonlyMap<string, FieldType>;
}

function camelCase(name: string): string {
  return name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function kindOf(clientStreams: boolean, serverStreams: boolean): RpcKind {
  if (clientStreams) return serverStreams ? 'bidi' : 'client_stream';
  return serverStreams ? 'server_stream' : 'unary';
}

export class ServiceTypes {
  readonly methods: MethodType[] = [];
  readonly #messages = new Map<string, { message: MessageDescriptor; type: MessageType | null }>();
  readonly #enums = new Map<string, EnumDescriptor>();

  constructor(files: readonly FileDescriptor[]) {
    for (const file of files) this.#addTypes(file.package, file.messageType, file.enumType);
    for (const file of files) {
      for (const service of file.service) {
        const name = joined(file.package, service.name);
        for (const { name: method, ...rest } of service.method)
          this.methods.push({
            rpc: `${name}/${method}`,
            service: name,
            method,
            kind: kindOf(rest.clientStreaming, rest.serverStreaming),
            request: this.#complete(rest.inputType, name),
            response: this.#complete(rest.outputType, name),
          });
      }
    }
  }

  #addTypes(scope: string, messages: readonly MessageDescriptor[], enums: readonly EnumDescriptor[]): void {
    for (const one of enums) this.#enums.set(joined(scope, one.name), one);
    for (const message of messages) {
      const name = joined(scope, message.name);
      this.#messages.set(name, { message, type: null });
      this.#addTypes(name, message.nestedType, message.enumType);
    }
  }

  /** A name as it is written within a scope: looked for from the innermost scope outwards. */
  #complete(name: string, scope: string): string {
    if (name.startsWith('.')) return name.slice(1);
    for (let within = scope; ; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
      const candidate = joined(within, name);
      if (this.#messages.has(candidate) || this.#enums.has(candidate)) return candidate;
      if (within === '') return name;
    }
  }

  /** By `package.Service/Method`; undefined: there is no such method. */
  method(rpc: string): MethodType | undefined {
    return this.methods.find((one) => one.rpc === rpc);
  }

  /** undefined: there is no such message. */
  message(name: string): MessageType | undefined {
    const entry = this.#messages.get(name);
    if (entry === undefined) return undefined;
    entry.type ??= this.#typeOf(name, entry.message);
    return entry.type;
  }

  /** Complete names of types that something is of and nothing describes. */
  missing(): string[] {
    const names = new Set(this.methods.flatMap(({ request, response }) => [request, response]));
    for (const name of this.#messages.keys())
      for (const { typeName } of this.message(name)?.fields ?? []) if (typeName !== null) names.add(typeName);
    return [...names].filter((name) => !this.#messages.has(name) && !this.#enums.has(name));
  }

  /** Values by name. */
  enumValues(name: string): ReadonlyMap<string, number> {
    return new Map((this.#enums.get(name)?.value ?? []).map((value) => [value.name, value.number]));
  }

  #typeOf(name: string, message: MessageDescriptor): MessageType {
    const fields = message.field.map((field) => this.#fieldOf(field, name, message));
    return {
      name,
      fields,
      byName: new Map(
        fields.flatMap((field) => [
          [field.jsonName, field],
          [field.name, field],
        ]),
      ),
    };
  }

  #fieldOf(field: FieldDescriptor, scope: string, message: MessageDescriptor): FieldType {
    const typeName =
      field.typeName === undefined || field.typeName === '' ? null : this.#complete(field.typeName, scope);
    // The fields of an entry are no maps themselves.
    const entry =
      typeName === null || message.options?.mapEntry === true
        ? undefined
        : this.#messages.get(typeName)?.message;
    const [key, value] = entry?.options?.mapEntry === true ? entry.field : [];
    const members = message.field.filter(({ oneofIndex }) => oneofIndex === field.oneofIndex);
    const oneof = field.oneofIndex === undefined ? undefined : message.oneofDecl[field.oneofIndex]?.name;
    return {
      name: field.name,
      jsonName:
        field.jsonName !== undefined && field.jsonName !== '' ? field.jsonName : camelCase(field.name),
      number: field.number,
      type: field.type,
      typeName,
      repeated: field.label === 'LABEL_REPEATED',
      map:
        key !== undefined && value !== undefined && typeName !== null && entry !== undefined
          ? { key: this.#fieldOf(key, typeName, entry), value: this.#fieldOf(value, typeName, entry) }
          : null,
      // One that stands alone is how proto3 writes `optional`.
      oneof: oneof !== undefined && members.length > 1 ? oneof : null,
    };
  }
}

function joined(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
