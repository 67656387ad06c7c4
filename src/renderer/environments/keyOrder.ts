import type { ValuePath } from '#contract/scenario/shape';

const target = ['url', 'protocol', 'subprotocol', 'headers', 'auth', 'tls', 'proxy'];
const root = [
  'version',
  'name',
  'description',
  ...target,
  'targets',
  'variables',
  'latency',
  'guard',
  'production',
  'resources',
];
const parts: Record<string, readonly string[]> = {
  auth: ['type', 'name', 'user', 'token', 'value', 'password'],
  tls: ['verify', 'ca', 'cert', 'key', 'passphrase'],
  guard: ['url', 'expect', 'headers', 'timeout'],
  resources: ['every', 'processes', 'prometheus'],
};

/** The order in which the keys of an environment are written. */
export function keyOrder(path: ValuePath): readonly string[] | null {
  if (path.length === 0) return root;
  const inTarget = path[0] === 'targets' && path.length >= 2 ? path.slice(2) : path;
  if (inTarget.length === 0) return target;
  return inTarget.length === 1 ? (parts[String(inTarget[0])] ?? null) : null;
}
