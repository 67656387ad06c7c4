/** What an environment's plain value holds, and what becomes of it when targets are added, named otherwise or taken away. */
import { isPlainMap } from '../document/plain.ts';
import type { DocumentPath } from '../document/yamlDocument.svelte.ts';

/** One address under test, and where it stands. */
export interface TargetPart {
  name: string;
  /** Empty for an environment written in short: its one target's keys stand at the top. */
  path: DocumentPath;
  value: Record<string, unknown>;
}

const defaultTarget = 'default';
const targetKeys = ['url', 'protocol', 'subprotocol', 'headers', 'auth', 'tls', 'proxy'];

/** The environment's name; null where there is none yet. */
export function nameIn(value: unknown): string | null {
  const name = isPlainMap(value) ? value.name : undefined;
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
}

/** Whether it is written in short, as one target. */
export function isShort(value: unknown): boolean {
  return !isPlainMap(value) || value.targets === undefined;
}

/** Its targets in their order; there is at least one unless `targets` is empty or no map. */
export function targetsIn(value: unknown): TargetPart[] {
  if (!isPlainMap(value)) return [{ name: defaultTarget, path: [], value: {} }];
  if (isShort(value)) return [{ name: defaultTarget, path: [], value }];
  if (!isPlainMap(value.targets)) return [];
  return Object.entries(value.targets).map(([name, target]) => ({
    name,
    path: ['targets', name],
    value: isPlainMap(target) ? target : {},
  }));
}

/** A name that no target has yet. */
function freeName(value: unknown): string {
  const taken = new Set(targetsIn(value).map(({ name }) => name));
  for (let i = 2; ; i++) if (!taken.has(`target ${i}`)) return `target ${i}`;
}

/** The same environment with its targets by name. */
function longForm(value: Record<string, unknown>): Record<string, unknown> {
  if (!isShort(value)) return value;
  const target = Object.fromEntries(targetKeys.flatMap((key) => (key in value ? [[key, value[key]]] : [])));
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !targetKeys.includes(key)));
  return { ...rest, targets: { [defaultTarget]: target } };
}

function targetMap(value: Record<string, unknown>): Record<string, unknown> {
  return isPlainMap(value.targets) ? value.targets : {};
}

/** With one target more; its name. */
export function withTarget(value: unknown): { value: Record<string, unknown>; name: string } {
  const long = longForm(isPlainMap(value) ? value : {});
  const name = freeName(long);
  return { value: { ...long, targets: { ...targetMap(long), [name]: { url: '' } } }, name };
}

/** Whether a target can have another name: not an empty one, and none that another target has. */
export function canBeNamed(value: unknown, from: string, to: string): boolean {
  if (to === '' || to.length > 200) return false;
  return to === from || targetsIn(value).every((target) => target.name !== to);
}

/** The targets whose certificate is not verified. */
export function unverifiedIn(value: unknown): string[] {
  return targetsIn(value)
    .filter((target) => isPlainMap(target.value.tls) && target.value.tls.verify === false)
    .map(({ name }) => name);
}
