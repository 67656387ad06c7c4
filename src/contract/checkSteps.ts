/** The steps of a check by name, in their order; without schemas. */

export const checkSteps = [
  'url', 'dns', 'tcp', 'tls', 'health', 'upgrade', 'session', 'turn', 'answer', 'barge_in',
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
};
