/** Starts of scenarios whose users make requests, with next to nothing in them: they run at once against the practice services. */
import type { ScenarioPreset } from '#contract/api/scenarios';

const http = `version: 1
name: HTTP requests
environment: practice
users:
  - kind: http
    name: clients
    wait: { from: 1s, to: 3s }
    steps:
      - name: health
        get: /api/health
        checks:
          - status: 200
load:
  executor: constant-vus
  users: 5
  duration: 1m
thresholds:
  - { metric: request, stat: p95, target: 1s, acceptable: 2s }
  - { metric: request_success, stat: rate, target: 99%, acceptable: 95% }
`;

const grpc = `version: 1
name: gRPC calls
environment: practice
users:
  - kind: grpc
    name: clients
    wait: { from: 1s, to: 3s }
    steps:
      - name: generate
        rpc: june.llm.LanguageModel/Generate
        message:
          prompt: Hello
load:
  executor: constant-vus
  users: 5
  duration: 1m
thresholds:
  - { metric: request, stat: p95, target: 1s, acceptable: 2s }
  - { metric: request_success, stat: rate, target: 99%, acceptable: 95% }
`;

const common = { users: 5, durationMs: 60_000, executor: 'constant-vus' };

/** In the order in which they are offered, after the presets. */
export const blankStarts: readonly ScenarioPreset[] = [
  {
    ...common,
    id: 'blank-http',
    title: 'HTTP requests',
    text: 'One request to begin with: add steps, checks and values to take, or tasks by weight.',
    yaml: http,
  },
  {
    ...common,
    id: 'blank-grpc',
    title: 'gRPC calls',
    text: 'One unary call to begin with; services and methods are asked of the server, or read from .proto files.',
    yaml: grpc,
  },
];
