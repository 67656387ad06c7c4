/** The steps of a check by name: the first five of every target, then those of a call, then those of a service; without schemas. */

export const checkSteps = [
  'url', 'dns', 'tcp', 'tls', 'health', 'upgrade', 'session', 'turn', 'answer', 'barge_in',
  'http2', 'reflection', 'request',
] as const; // prettier-ignore
export type CheckStepName = (typeof checkSteps)[number];

export const checkStepLabels: Record<CheckStepName, string> = {
  url: 'URL',
  dns: 'Name lookup (DNS)',
  tcp: 'TCP connection',
  tls: 'TLS',
  health: 'HTTP health',
  upgrade: 'WebSocket upgrade',
  session: 'Session set-up',
  turn: 'One turn spoken',
  answer: 'Answer heard',
  barge_in: 'Interruption obeyed',
  http2: 'HTTP/2',
  reflection: 'gRPC reflection',
  request: 'One request',
};
