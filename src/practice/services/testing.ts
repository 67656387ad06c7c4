/** A practice agent for the tests of its services: quick, and its record at hand. */
import { join } from 'node:path';
import {
  PracticeConfig,
  type PracticeConfigInput,
  type TruthLine,
  type TruthRequest,
} from '#contract/practice';
import { startPracticeServer } from '../server.ts';

export const protoFile = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'resources',
  'presets',
  'protos',
  'june.proto',
);

const quick: PracticeConfigInput['services'] = {
  cold: { kind: 'fixed', value: '20ms' },
  warm: { kind: 'fixed', value: '0ms' },
  hash_cost: '0ms',
  first_token: { kind: 'fixed', value: '5ms' },
  token_pace: { kind: 'fixed', value: '1ms' },
  tokens: 6,
  final_result: { kind: 'fixed', value: '5ms' },
  first_audio: { kind: 'fixed', value: '5ms' },
  speech_speed: 0,
};

export interface TestedServices {
  http: string;
  /** `host:port`. */
  grpc: string;
  /** Records of the requests that are over, in the order in which they ended. */
  requests: TruthRequest[];
  close(): Promise<void>;
}

/** Starts it; whoever does ends it. */
export async function startServices(services: PracticeConfigInput['services'] = {}): Promise<TestedServices> {
  const requests: TruthRequest[] = [];
  const server = await startPracticeServer({
    config: PracticeConfig.parse({ services: { ...quick, ...services } }),
    port: 0,
    sink: true,
    audioFolder: null,
    protoFile,
    log: {
      write: (line: TruthLine) => {
        if (line.kind === 'request') requests.push(line);
      },
      close: () => Promise.resolve(),
    },
  });
  if (!server.ok) throw new Error(server.error.message);
  const { http, grpc } = server.value.services;
  return { http, grpc: grpc.replace('grpc://', ''), requests, close: () => server.value.close() };
}
