/** The targets that users and stages name, and whether they are of their kind. */
import { practiceEnvironment, protocolOf, type Target, type TargetProtocol } from '../environment.ts';
import type { ValueProblem } from '../explain.ts';
import type { ScenarioFile } from '../file.ts';
import { meant, names, type Path } from './words.ts';

interface Asker {
  kind: 'voice' | 'http' | 'grpc';
  name: string;
  target: string;
  path: Path;
}

const wanted = {
  voice: { protocol: 'acs', schemes: 'ws:// or wss://', who: 'voice users speak over a WebSocket' },
  http: { protocol: 'http', schemes: 'http:// or https://', who: 'http users make HTTP requests' },
  grpc: { protocol: 'grpc', schemes: 'grpc:// or grpcs://', who: 'grpc users call services of gRPC' },
} as const;

const kindOf: Record<TargetProtocol, string> = { acs: 'voice', http: 'http', grpc: 'grpc' };

/** What a target is written to speak; null: its address is known only when a run starts. */
function writtenProtocol({ url, protocol }: Target): TargetProtocol | null {
  if (protocol !== undefined) return protocol;
  return url.startsWith('${') ? null : protocolOf(url);
}

/** Targets that are not there, or speak another protocol than those who ask them. */
export function targets(file: ScenarioFile): ValueProblem[] {
  const { environment } = file;
  const askers: Asker[] = [
    ...file.users.map(({ kind, name, target }, i) => ({ kind, name, target, path: ['users', i] })),
    ...(['setup', 'teardown'] as const).flatMap((stage) =>
      file[stage].map(({ kind, name, target }, i) => ({ kind, name, target, path: [stage, i] })),
    ),
  ];
  if (typeof environment === 'string') {
    // Those of a named environment are known where its file is read; practice has one address of each kind.
    if (environment !== practiceEnvironment) return [];
    return askers
      .filter(({ kind, target }) => kind === 'voice' && target !== 'default')
      .map(({ target, path }) => ({ path: [...path, 'target'], message: noTarget(target, ['default']) }));
  }
  return askers.flatMap(({ kind, target, path }): ValueProblem[] => {
    const found = Object.hasOwn(environment.targets, target) ? environment.targets[target] : undefined;
    const at = [...path, 'target'];
    if (found === undefined)
      return [{ path: at, message: noTarget(target, Object.keys(environment.targets)) }];
    const { protocol, schemes, who } = wanted[kind];
    const speaks = writtenProtocol(found);
    if (speaks === null || speaks === protocol) return [];
    const fitting = Object.entries(environment.targets).filter(
      ([, other]) => writtenProtocol(other) === protocol,
    );
    const advice =
      fitting.length > 0
        ? `name ${names(fitting.map(([name]) => name))} instead`
        : `give the environment a target with a ${schemes} address`;
    const message = `target ${JSON.stringify(target)} is for ${kindOf[speaks]} users, and ${who}; ${advice}`;
    return [{ path: at, message }];
  });
}

function noTarget(target: string, known: readonly string[]): string {
  const near = meant(target, known);
  return `the environment has no target ${JSON.stringify(target)}; it has ${names(known)}${near === '' || known.length < 4 ? '' : near}`;
}
