/** Steps of http and grpc users as they may be kept: literal passwords, tokens and keys masked, placeholders as written. */
import { masked, maskHeader, maskUrl, namesSecret } from '#contract/secrets';

type Fields = Record<string, unknown>;

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

function ofText(name: string, text: string): string {
  return text === '' ? text : maskHeader(name, maskUrl(text));
}

/** A value under a name: of a name like one of a secret every text and number in it is masked. */
function named(name: string, value: unknown): unknown {
  if (typeof value === 'string') return ofText(name, value);
  if (Array.isArray(value)) return value.map((entry: unknown) => named(name, entry));
  if (isMap(value)) return deep(value, namesSecret(name) ? name : null);
  return namesSecret(name) && typeof value === 'number' ? masked : value;
}

/** Values of JSON by the names of their fields. `within`: the name of a secret they are parts of. */
function deep(value: unknown, within: string | null = null): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => deep(entry, within));
  if (isMap(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, named(within ?? key, entry)]),
    );
  return within === null ? value : named(within, value);
}

/** A body that is text may be JSON or form fields with a secret in them. */
function bodyText(text: string): string {
  return text
    .replaceAll(
      /"([^"\\]+)"(\s*:\s*)"((?:[^"\\]|\\.)*)"/g,
      (whole, name: string, colon: string, value: string) =>
        namesSecret(name) && value !== '' && !value.includes('${') ? `"${name}"${colon}"${masked}"` : whole,
    )
    .replaceAll(/(^|&)([^=&\s{}"]+)=([^&\s]*)/g, (whole, sign: string, name: string, value: string) =>
      namesSecret(name) && value !== '' && !value.includes('${') ? `${sign}${name}=${masked}` : whole,
    );
}

function part(value: unknown): unknown {
  if (!isMap(value) || typeof value.name !== 'string') return value;
  return typeof value.value === 'string' ? { ...value, value: ofText(value.name, value.value) } : value;
}

function stepKey(key: string, value: unknown): unknown {
  if (methods.includes(key)) return typeof value === 'string' ? maskUrl(value) : value;
  if (key === 'body') return typeof value === 'string' ? bodyText(value) : value;
  if (key === 'multipart') return Array.isArray(value) ? value.map(part) : value;
  if (key === 'steps') return Array.isArray(value) ? value.map(step) : value;
  if (['headers', 'metadata', 'query', 'form', 'json', 'message', 'messages', 'audio'].includes(key))
    return deep(value);
  return value;
}

function step(value: unknown): unknown {
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, stepKey(key, entry)]));
}

function requesterKey(key: string, value: unknown): unknown {
  const list = (each: (entry: unknown) => unknown) => (Array.isArray(value) ? value.map(each) : value);
  if (key === 'headers' || key === 'metadata' || key === 'variables') return deep(value);
  if (key === 'data')
    return list((feed) => (isMap(feed) && 'rows' in feed ? { ...feed, rows: deep(feed.rows) } : feed));
  if (key === 'tasks') return list(step);
  return ['steps', 'on_start', 'on_stop'].includes(key) ? list(step) : value;
}

/** Users entries or stages as they were written; those of voice pass unchanged. */
export function maskRequesters(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((entry: unknown) =>
    isMap(entry) && (entry.kind === 'http' || entry.kind === 'grpc')
      ? Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, requesterKey(key, value)]))
      : entry,
  );
}
