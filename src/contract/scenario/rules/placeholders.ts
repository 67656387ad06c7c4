/** Where placeholders may stand; anywhere else they would be sent as they are. Looks at the scenario as it is written. */
import type { ValueProblem } from '../explain.ts';
import { placeholdersIn, templatePlaceholders } from '../placeholders.ts';
import type { Path } from './words.ts';

const filledKeys = ['url', 'headers', 'tls', 'auth', 'proxy', 'subprotocol'];

function inEnvironment(path: Path): boolean {
  if (path[1] === 'resources')
    return path[2] === 'prometheus' && (path[4] === 'url' || path[4] === 'headers');
  const at = path[1] === 'targets' ? path.slice(3) : path.slice(1);
  return filledKeys.includes(String(at[0])) || path[1] === 'guard' || path[1] === 'variables';
}

const stepLists = ['steps', 'on_start', 'on_stop', 'tasks'];
/** Keys of a step whose texts are sent, or compared with what comes back. */
const templates = [
  'get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'query', 'headers', 'json', 'form', 'multipart', 'body',
  'message', 'messages', 'metadata',
]; // prettier-ignore
const checkTexts = ['equals', 'contains', 'matches'];

/**
 * What stands at a place of users and stages of http and grpc. `template`: all is filled in; `start`: what is known when a
 * run starts; `data`: the same, and what looks like a variable is data; `words`: shown only, nothing is filled in.
 */
function inRequests(path: Path): 'template' | 'start' | 'data' | 'words' | 'no' {
  const [, , key, , next] = path;
  if (key === 'headers' || key === 'metadata' || key === 'variables') return 'template';
  if (key === 'data') return next === 'rows' ? 'data' : 'no';
  if (!stepLists.includes(String(key))) return 'no';
  // Behind the indices and lists that lead to the step, its own key.
  let at = path.slice(3);
  while (typeof at[0] === 'number' || at[0] === 'steps') at = at.slice(1);
  const [own, ...inner] = at;
  if (own === 'name' || own === 'group' || own === 'phase') return 'words';
  if (own === 'extract') return inner[1] === 'default' ? 'start' : 'no';
  if (own === 'checks') {
    if (inner[1] === 'name') return 'words';
    return inner.slice(1).some((part) => checkTexts.includes(String(part))) ? 'start' : 'no';
  }
  if (own === 'multipart') return inner[1] === 'file' ? 'no' : 'template';
  if (own === 'audio') return inner[0] === 'message' ? 'template' : 'no';
  return templates.includes(String(own)) ? 'template' : 'no';
}

const elsewhere =
  'is filled in only in an environment: its addresses, headers, auth, tls, proxy, guard and variables; and in what http and grpc users send';

function textProblems(value: string, path: Path, requests: ReadonlySet<string>): ValueProblem[] {
  if (path[0] === 'environment' && inEnvironment(path)) {
    const { problem } = placeholdersIn(value);
    return problem === null ? [] : [{ path, message: problem }];
  }
  const owner = `${String(path[0])}.${String(path[1])}`;
  const isRequest = requests.has(owner);
  const place = isRequest ? inRequests(path) : 'no';
  if (place === 'words' || place === 'data') return [];
  if (place === 'template') {
    const { problem } = templatePlaceholders(value);
    return problem === null ? [] : [{ path, message: problem }];
  }
  const first = placeholdersIn(value).found[0];
  const variable = isRequest ? /\$\{[A-Za-z_][\w.[\]]*\}/.exec(value)?.[0] : undefined;
  if (variable !== undefined) {
    const why = place === 'start' ? 'is the same for every user' : 'holds no placeholders';
    return [{ path, message: `${variable} is filled in only in what requests send; this ${why}` }];
  }
  if (place === 'start' || first === undefined) return [];
  return [{ path, message: `${first.text} ${elsewhere}` }];
}

/** `users.0` … of those that make requests. */
function requestersIn(value: unknown): Set<string> {
  const found = new Set<string>();
  if (typeof value !== 'object' || value === null) return found;
  for (const key of ['users', 'setup', 'teardown']) {
    const list: unknown = Reflect.get(value, key);
    if (!Array.isArray(list)) continue;
    list.forEach((entry: unknown, i) => {
      if (typeof entry !== 'object' || entry === null) return;
      const kind: unknown = Reflect.get(entry, 'kind');
      if (kind === 'http' || kind === 'grpc') found.add(`${key}.${i}`);
    });
  }
  return found;
}

/** Checks every `${…}` of the scenario as written (before parsing). */
export function placeholderProblems(value: unknown, path: Path = []): ValueProblem[] {
  const requests = path.length === 0 ? requestersIn(value) : new Set<string>();
  const walk = (at: unknown, here: Path): ValueProblem[] => {
    if (typeof at === 'string') return textProblems(at, here, requests);
    if (Array.isArray(at)) return at.flatMap((entry, i) => walk(entry, [...here, i]));
    if (typeof at !== 'object' || at === null) return [];
    return Object.entries(at).flatMap(([key, entry]) => walk(entry, [...here, key]));
  };
  return walk(value, path);
}
