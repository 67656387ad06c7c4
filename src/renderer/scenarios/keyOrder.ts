import type { ValuePath } from '#contract/scenario/shape';

const root = [
  'version',
  'name',
  'seed',
  'environment',
  'audio',
  'users',
  'load',
  'warm_up',
  'periods',
  'thresholds',
];
const target = ['url', 'protocol', 'subprotocol', 'headers', 'auth', 'tls', 'proxy'];
const turn = ['name', 'say', 'clip', 'voice', 'pause_before', 'barge_in', 'timeouts'];
const byName: Record<string, readonly string[]> = {
  environment: [...target, 'targets', 'variables', 'latency', 'guard', 'production'],
  audio: [
    'sample_rate',
    'channels',
    'sample_width',
    'chunk',
    'max_chunks',
    'cache',
    'speech_level',
    'audible_level',
  ],
  users: [
    'kind',
    'name',
    'weight',
    'target',
    'start_after',
    'conversations',
    'turns_per_call',
    'calls_per_user',
    'greeting',
    'silence',
    'pause_between_turns',
    'timeouts',
    'markers',
    'reconnect',
    'benign_close_codes',
    'load',
  ],
  conversations: ['name', 'weight', 'voice', 'turns', 'clips'],
  turns: turn,
  targets: target,
  voice: ['provider', 'name', 'style', 'rate'],
  barge_in: ['after', 'probability', 'say', 'clip'],
  timeouts: ['connect', 'first_byte', 'turn', 'barge_in', 'quiet_tail', 'quiet_gap', 'response_gap'],
  thresholds: [
    'metric',
    'stat',
    'condition',
    'target',
    'acceptable',
    'where',
    'after',
    'abort',
    'when',
    'enabled',
  ],
  load: [
    'executor',
    'users',
    'spawn_rate',
    'start_users',
    'start_rate',
    'rate',
    'per',
    'iterations',
    'steps',
    'hold',
    'resolution',
    'stages',
    'duration',
    'max_duration',
    'max_users',
    'graceful_stop',
  ],
  stages: ['target', 'duration'],
  periods: ['name', 'from', 'to'],
  reconnect: ['attempts', 'backoff'],
};

/** The order in which the keys of a scenario are written. */
export function keyOrder(path: ValuePath): readonly string[] | null {
  const name = path.findLast((part) => typeof part === 'string');
  return name === undefined ? root : (byName[name] ?? null);
}
