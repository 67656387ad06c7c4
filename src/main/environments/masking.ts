/** An environment as it may be kept and shown: literal secrets masked, placeholders as written. */
import { masked, maskHeader, maskUrl, namesSecret } from '#contract/secrets';

type Map = Record<string, unknown>;

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is a secret wherever it stands; a placeholder is none. */
function hide(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return value;
  return typeof value === 'string' && value.includes('${') ? value : masked;
}

const url = (value: unknown): unknown => (typeof value === 'string' ? maskUrl(value) : value);

/** What in an `auth` identifies nobody by itself. */
const openOfAuth = ['type', 'name', 'user'];

function each(value: unknown, mask: (key: string, entry: unknown) => unknown): unknown {
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mask(key, entry)]));
}

function named(key: string, value: unknown): unknown {
  if (typeof value === 'string') return maskHeader(key, maskUrl(value));
  return namesSecret(key) ? hide(value) : value;
}

function maskKey(key: string, value: unknown): unknown {
  switch (key) {
    case 'url':
    case 'proxy':
      return url(value);
    case 'headers':
    case 'variables':
      return each(value, named);
    case 'auth':
      return isMap(value)
        ? each(value, (part, entry) => (openOfAuth.includes(part) ? entry : hide(entry)))
        : hide(value);
    case 'tls':
      return each(value, (part, entry) => (part === 'passphrase' ? hide(entry) : entry));
    case 'targets':
      return each(value, (_name, target) => each(target, maskKey));
    case 'guard':
      return each(value, (part, entry) => (part === 'expect' ? each(entry, named) : maskKey(part, entry)));
    case 'resources':
      return each(value, (part, entry) =>
        part === 'prometheus' && Array.isArray(entry)
          ? entry.map((endpoint: unknown) => each(endpoint, maskKey))
          : entry,
      );
    default:
      return value;
  }
}

/** An environment as it was written (its YAML as a plain value), with literal secrets masked. A name passes unchanged. */
export function maskEnvironment(environment: unknown): unknown {
  return isMap(environment) ? each(environment, maskKey) : environment;
}
