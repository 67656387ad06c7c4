/** What is known of gRPC users while their scenario is still being written: the text need not be a whole scenario yet. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '#contract/errors';
import { InlineEnvironment, practiceEnvironment, type Environment } from '#contract/scenario/environment';
import { grpcShape } from '#contract/scenario/grpc';
import { requestUserShape } from '#contract/scenario/request';
import type { PlanTarget } from '#engine/plan';
import { connectTarget } from '../environments/connect.ts';
import { readValues, textsIn, type ValueSources } from '../environments/values.ts';
import { NamedEnvironment } from '../scenarios/namedEnvironment.ts';
import { formatProblem } from '../scenarios/problems.ts';
import { parseScenarioText, valueOf, type ScenarioSource } from '../scenarios/source.ts';

const Entry = z.object({
  kind: z.literal('grpc'),
  proto: grpcShape.proto,
  import_paths: grpcShape.import_paths,
  target: requestUserShape.target,
  connect_timeout: requestUserShape.connect_timeout,
});

export interface GrpcEntry {
  /** Absolute. */
  protos: string[];
  folders: string[];
  /** Name of its target. */
  target: string;
  connectTimeoutMs: number;
  source: ScenarioSource;
  /** Of the scenario. */
  folder: string;
}

/** A users entry of kind grpc. Errors: `invalid_scenario`, `no_such_user`. */
export function grpcEntryOf(path: string, text: string, user: number): Result<GrpcEntry> {
  const parsed = parseScenarioText(path, text);
  const [problem] = 'problems' in parsed ? parsed.problems : [];
  if ('problems' in parsed)
    return fail(
      'invalid_input',
      'invalid_scenario',
      problem === undefined ? 'The scenario cannot be read.' : formatProblem(problem),
    );
  const read = valueOf(parsed.source);
  const users = z.object({ users: z.array(z.unknown()) }).safeParse('value' in read ? read.value : null);
  const entry = Entry.safeParse(users.data?.users[user]);
  if (!entry.success)
    return fail(
      'invalid_input',
      'no_such_user',
      `The scenario has no users of kind grpc in place ${user + 1} whose .proto files or target can be read.`,
    );
  const folder = dirname(resolve(path));
  const inFolder = (file: string) => resolve(folder, file);
  return ok({
    protos: entry.data.proto.map(inFolder),
    folders: entry.data.import_paths.map(inFolder),
    target: entry.data.target,
    connectTimeoutMs: entry.data.connect_timeout,
    source: parsed.source,
    folder,
  });
}

/** Where its calls go, placeholders filled in; null: to the practice agent. Errors: `unknown_environment`, `no_such_target` and those of connecting. */
export async function targetOfEntry(
  { source, folder, target: name }: GrpcEntry,
  workspace: string,
  sources: ValueSources,
): Promise<Result<PlanTarget | null>> {
  const written = z.object({ environment: z.unknown() }).safeParse(plain(source)).data?.environment;
  if (typeof written === 'string' && written.trim() === practiceEnvironment) return ok(null);
  const named = new NamedEnvironment(source, { scenarioFolder: folder, workspace });
  await named.place();
  const { problem } = named;
  if (problem !== null) {
    const [first] = Array.isArray(problem) ? problem.map(formatProblem) : [problem.message];
    return fail(
      'invalid_input',
      'unknown_environment',
      `The environment cannot be used: ${first ?? 'it is not there'}.`,
    );
  }
  const environment = named.current?.environment ?? inPlace(source);
  if (environment === null)
    return fail(
      'invalid_input',
      'unknown_environment',
      'The scenario says of no environment that can be read where its calls go.',
    );
  const target = environment.targets[name];
  if (target === undefined)
    return fail('invalid_input', 'no_such_target', `The environment has no target ${name}.`);
  const values = await readValues(textsIn(target), environment.variables, sources);
  return connectTarget(name, target, { folder: named.current?.folder ?? folder, values });
}

function inPlace(source: ScenarioSource): Environment | null {
  const written = z.object({ environment: InlineEnvironment }).safeParse(plain(source));
  return written.success ? written.data.environment : null;
}

function plain(source: ScenarioSource): unknown {
  const read = valueOf(source);
  return 'value' in read ? read.value : null;
}
