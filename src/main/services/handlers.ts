/** What the editor asks about services and data files. */
import { basename, dirname, resolve } from 'node:path';
import type { ApiHandlers } from '#contract/api/index';
import type { RpcMethod } from '#contract/api/services';
import { fail, ok, type Result } from '#contract/errors';
import { masked, namesSecret } from '#contract/secrets';
import { bytesPaths } from '#engine/grpc/fields';
import { exampleOf } from '#engine/grpc/messageJson';
import { readServices } from '#engine/grpc/methods';
import { compileProtos } from '#engine/grpc/protos';
import { reflectDescriptors } from '#engine/grpc/reflection';
import { bundled } from '../entries.ts';
import type { ValueSources } from '../environments/values.ts';
import { bundledScenarios, isScenarioName } from '../scenarios/library.ts';
import { readFeed, type FeedRow } from '../scenarios/requests/feeds.ts';
import { grpcEntryOf, targetOfEntry, type GrpcEntry } from './userEntry.ts';

export interface ServiceHandlerOptions {
  /** Folder of the workspace at this moment. */
  workspace: () => string;
  sources: ValueSources;
}

const shownRows = 20;
const longestShown = 200;

/** `unknown_scenario` is the error of a path that is not among the workspace's: a screen reads what scenarios name, not the disk. */
export function createServiceHandlers({
  workspace,
  sources,
}: ServiceHandlerOptions): ApiHandlers['services'] {
  function known(path: string): Result<string> {
    const folder = dirname(resolve(path));
    const isThere = folder === resolve(workspace()) || folder === bundledScenarios();
    return isThere && isScenarioName(basename(path))
      ? ok(folder)
      : fail('not_found', 'unknown_scenario', `${path} is not among the scenarios of the workspace.`);
  }

  async function descriptorsOf(entry: GrpcEntry): Promise<Result<Uint8Array>> {
    if (entry.protos.length > 0) return compileProtos(entry.protos, entry.folders);
    const target = await targetOfEntry(entry, workspace(), sources);
    if (!target.ok) return target;
    // What the practice agent offers is known without starting it.
    if (target.value === null)
      return compileProtos([bundled('resources', 'presets', 'protos', 'june.proto')], []);
    if (target.value.protocol !== 'grpc')
      return fail(
        'invalid_input',
        'target_of_other_kind',
        `${target.value.shownUrl} is no address of a gRPC service; it begins with grpc:// or grpcs://.`,
      );
    return reflectDescriptors(target.value, [], entry.connectTimeoutMs);
  }

  return {
    async methods({ path, text, user }) {
      const folder = known(path);
      if (!folder.ok) return folder;
      const entry = grpcEntryOf(path, text, user);
      if (!entry.ok) return entry;
      const descriptors = await descriptorsOf(entry.value);
      return descriptors.ok ? methodsIn(descriptors.value) : descriptors;
    },
    async feedPreview({ path, file, at }) {
      const folder = known(path);
      if (!folder.ok) return folder;
      const read = await readFeed(resolve(folder.value, file), { at });
      if (!read.ok) return { ok: false, error: { ...read.error, message: asSentence(read.error.message) } };
      const rows = read.value;
      const fields = [...new Set(rows.slice(0, shownRows).flatMap((row) => Object.keys(row)))];
      return ok({ fields, rows: rows.length, first: rows.slice(0, shownRows).map(shownRow) });
    },
  };
}

/** Methods of the services that descriptors tell of, those of reflection and health left out. */
export function methodsIn(descriptors: Uint8Array): Result<RpcMethod[]> {
  const types = readServices(descriptors);
  if (!types.ok) return types;
  const methods = types.value.methods.filter(({ service }) => !service.startsWith('grpc.reflection.'));
  return ok(
    methods.map(({ rpc, kind, request, response }) => ({
      rpc,
      type: kind,
      requestType: request,
      responseType: response,
      message: JSON.stringify(exampleOf(types.value, request), null, 2),
      requestBytes: bytesPaths(types.value, request),
      responseBytes: bytesPaths(types.value, response),
    })),
  );
}

/** Values as text, those that are named like secrets masked. */
function shownRow(row: FeedRow): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shownValue(name, value)]));
}

function shownValue(name: string, value: unknown): string {
  if (namesSecret(name)) return masked;
  const text =
    typeof value === 'string'
      ? value
      : JSON.stringify(value, (key, inner: unknown) => (namesSecret(key) ? masked : inner));
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function asSentence(message: string): string {
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
