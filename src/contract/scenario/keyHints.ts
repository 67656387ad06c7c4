/** What to write instead of a key that belongs elsewhere: keys of other tools, and of users of another kind. */

interface Hint {
  keys: readonly string[];
  /** A key that is allowed where the hint is right. */
  beside: string;
  message: string;
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

const hints: readonly Hint[] = [
  { keys: ['vus', 'VUs'], beside: 'users', message: 'write "users"' },
  {
    keys: ['method', 'url', 'path', 'request'],
    beside: 'get',
    message: 'the method is the key of a request: write it like get: /api/clients',
  },
  {
    keys: ['rpc', 'message', 'messages', 'metadata', 'audio', 'first_audio'],
    beside: 'get',
    message: 'calls of gRPC are made by users of kind grpc',
  },
  {
    keys: [...methods, 'headers', 'query', 'json', 'form', 'body'],
    beside: 'rpc',
    message: 'HTTP requests are made by users of kind http',
  },
  { keys: ['group', 'steps'], beside: 'on_failure', message: 'a group cannot stand in a group' },
  {
    keys: ['sleep', 'wait', 'think_time'],
    beside: 'pause_after',
    message: 'write "pause_after" for a time after a request',
  },
  { keys: ['assert', 'expect', 'validate'], beside: 'checks', message: 'write "checks"' },
  { keys: ['capture', 'save', 'set'], beside: 'extract', message: 'write "extract"' },
  {
    keys: ['calls_per_user', 'turns_per_call'],
    beside: 'iterations_per_user',
    message: 'users of kind voice have calls; these have "iterations_per_user"',
  },
  {
    keys: ['conversations', 'turns', 'greeting', 'silence', 'timeouts', 'reconnect', 'markers'],
    beside: 'iterations_per_user',
    message: 'it goes with users of kind voice',
  },
  {
    keys: ['url', 'base_url', 'host'],
    beside: 'iterations_per_user',
    message: 'the address stands in the environment; "target" names which one',
  },
  {
    keys: ['steps', 'tasks', 'on_start', 'on_stop', 'iterations_per_user', 'variables', 'data'],
    beside: 'conversations',
    message: 'it goes with users of kind http and grpc',
  },
  {
    keys: ['tasks', 'on_start', 'on_stop'],
    beside: 'for_each',
    message: 'set-up and tear-down have "steps" only',
  },
];

/** What to do about a key that is not allowed; null: nothing is known of it. */
export function keyHint(key: string, allowed: readonly string[]): string | null {
  return hints.find(({ keys, beside }) => keys.includes(key) && allowed.includes(beside))?.message ?? null;
}
