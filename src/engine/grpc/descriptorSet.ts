/**
 * Descriptors of .proto files as the wire has them
 * (https://protobuf.dev/reference/protobuf/google.protobuf/#file-descriptor-set).
 */
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader';
import { z } from 'zod';

const Field = z.object({
  name: z.string(),
  number: z.number(),
  label: z.string().default('LABEL_OPTIONAL'),
  type: z.string().default(''),
  typeName: z.string().optional(),
  jsonName: z.string().optional(),
  oneofIndex: z.number().optional(),
  proto3Optional: z.boolean().optional(),
  options: z.looseObject({}).nullish(),
});
export type FieldDescriptor = z.infer<typeof Field> & Record<string, unknown>;

const Enum = z.looseObject({
  name: z.string(),
  value: z.array(z.looseObject({ name: z.string(), number: z.number().default(0) })).default([]),
});
export type EnumDescriptor = z.infer<typeof Enum>;

export interface MessageDescriptor {
  name: string;
  field: FieldDescriptor[];
  nestedType: MessageDescriptor[];
  enumType: EnumDescriptor[];
  oneofDecl: { name: string }[];
  options?: Record<string, unknown> | null | undefined;
  [other: string]: unknown;
}
const Message: z.ZodType<MessageDescriptor> = z.lazy(() =>
  z.looseObject({
    name: z.string(),
    field: z.array(Field.loose()).default([]),
    nestedType: z.array(Message).default([]),
    enumType: z.array(Enum).default([]),
    oneofDecl: z.array(z.looseObject({ name: z.string() })).default([]),
    options: z.looseObject({}).nullish(),
  }),
);

const Method = z.looseObject({
  name: z.string(),
  inputType: z.string(),
  outputType: z.string(),
  clientStreaming: z.boolean().default(false),
  serverStreaming: z.boolean().default(false),
});

const File = z.looseObject({
  name: z.string().default(''),
  package: z.string().default(''),
  dependency: z.array(z.string()).default([]),
  messageType: z.array(Message).default([]),
  enumType: z.array(Enum).default([]),
  service: z.array(z.looseObject({ name: z.string(), method: z.array(Method).default([]) })).default([]),
});
/** One .proto file. Names of types begin with a dot when they are complete, else they are seen from where they stand. */
export type FileDescriptor = z.infer<typeof File>;

/** Definitions of services have no format. */
export function isMessage(
  definition: PackageDefinition[string] | undefined,
): definition is MessageTypeDefinition<object, object> {
  return definition?.format === 'Protocol Buffer 3 DescriptorProto';
}

let known: PackageDefinition | null = null;

/** How the descriptors themselves are written; comes with the library, no file is read. */
function definitionOf(name: string): MessageTypeDefinition<object, object> {
  known ??= loadSync('google/protobuf/descriptor.proto', { enums: String, longs: String });
  const definition = known[name];
  if (!isMessage(definition)) throw new Error(`${name} is not among the well-known types`);
  return definition;
}

/** The library's compiler, in servers too, calls a map's entry like its field, which may be the name of another message; protoc adds `Entry` (descriptor.proto, map_entry). */
function withMapEntriesNamed(file: FileDescriptor): FileDescriptor {
  return { ...file, messageType: file.messageType.map(withEntriesNamed) };
}

function withEntriesNamed(message: MessageDescriptor): MessageDescriptor {
  const entries = new Set(message.nestedType.filter(isMapEntry).map(({ name }) => name));
  return {
    ...message,
    field: message.field.map((field) => {
      const entry = field.name.charAt(0).toUpperCase() + field.name.slice(1);
      return field.label === 'LABEL_REPEATED' && field.typeName === entry && entries.has(entry)
        ? { ...field, typeName: entryName(entry) }
        : field;
    }),
    nestedType: message.nestedType.map((nested) =>
      isMapEntry(nested) ? { ...nested, name: entryName(nested.name) } : withEntriesNamed(nested),
    ),
  };
}

function isMapEntry({ options }: MessageDescriptor): boolean {
  return options?.mapEntry === true;
}

function entryName(name: string): string {
  return `${name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}Entry`;
}

/** Throws when the bytes are no `FileDescriptorProto`. */
export function readFileDescriptor(bytes: Uint8Array): FileDescriptor {
  return withMapEntriesNamed(
    File.parse(definitionOf('google.protobuf.FileDescriptorProto').deserialize(Buffer.from(bytes))),
  );
}

/** Throws when the bytes are no `FileDescriptorSet`. */
export function readDescriptorSet(bytes: Uint8Array): FileDescriptor[] {
  const set = definitionOf('google.protobuf.FileDescriptorSet').deserialize(Buffer.from(bytes));
  return z.object({ file: z.array(File).default([]) }).parse(set).file;
}

export function writeDescriptorSet(file: readonly FileDescriptor[]): Uint8Array {
  return new Uint8Array(definitionOf('google.protobuf.FileDescriptorSet').serialize({ file }));
}

/** A well-known file that comes with the library, like google/protobuf/timestamp.proto; null: there is none of this name. */
export function wellKnownFile(name: string): FileDescriptor | null {
  if (!isWellKnown(name)) return null;
  const message = Object.values(loadSync(name)).find(isMessage);
  const described = message?.fileDescriptorProtos.map(readFileDescriptor)[0];
  return described === undefined ? null : { ...described, name };
}

const wellKnown =
  /^google\/protobuf\/(any|api|descriptor|duration|empty|field_mask|source_context|struct|timestamp|type|wrappers)\.proto$/;

/** Whether a file need not be found, because it comes with the library. */
export function isWellKnown(name: string): boolean {
  return wellKnown.test(name);
}
