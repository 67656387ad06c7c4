/** A run against the practice agent's services, and our record of every request beside the agent's own. Both stamp with one clock. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../../src/contract/errors.ts';
import { TruthLine, type TruthRequest } from '../../../src/contract/practice.ts';
import type { RequestRecord } from '../../../src/contract/requests.ts';
import type { RunSummary, Sample } from '../../../src/contract/run.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { requestRecord } from '../../../src/engine/requests/columns.ts';
import { entry } from '../../../src/main/entries.ts';
import { launchPractice } from '../../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../../src/main/processes/nodeHost.ts';
import { prepareRun } from '../../../src/main/scenarios/index.ts';
import { addToRow, emptyRow, type TruthRow } from '../truth/compare.ts';
import { nameOf, servicesScenario, serviceSettings, type Only } from './scenario.ts';

export interface ServicesOptions {
  /** Of each of the four kinds. */
  users: number;
  durationMs: number;
  only: Only;
  onSample?: (sample: Sample) => void;
  onNotice?: (message: string) => void;
}

/** A quantity: what we call it, of which step, and the two values that should be the same. */
interface Quantity {
  step: string;
  ours: (request: RequestRecord) => number | null;
  truth: (request: TruthRequest) => [from: string | null, to: string | null];
}

const quantities = {
  'HTTP GET': {
    step: 'HTTP GET',
    ours: (request) => request.request_uncorrected,
    truth: (request) => [request.arrivedNs, request.endNs],
  },
  'HTTP GET, first byte': {
    step: 'HTTP GET',
    ours: (request) => request.first_byte,
    truth: (request) => [request.arrivedNs, request.firstByteNs],
  },
  'chat stream, first token': {
    step: 'chat stream',
    ours: (request) => request.first_token,
    truth: (request) => [request.arrivedNs, request.firstTokenNs],
  },
  'chat stream, end': {
    step: 'chat stream',
    ours: (request) => request.request_uncorrected,
    truth: (request) => [request.arrivedNs, request.endNs],
  },
  'gRPC unary': {
    step: 'gRPC unary',
    ours: (request) => request.request_uncorrected,
    truth: (request) => [request.arrivedNs, request.endNs],
  },
  'text to speech, first audio': {
    step: 'text to speech',
    ours: (request) => request.first_audio,
    truth: (request) => [request.arrivedNs, request.firstTokenNs],
  },
  'speech to text, final result': {
    step: 'speech to text',
    ours: (request) => request.final_result,
    truth: (request) => [request.receivedNs, request.endNs],
  },
} as const satisfies Record<string, Quantity>;
export type QuantityName = keyof typeof quantities;
export const quantityNames = Object.keys(quantities) as QuantityName[];

export interface ServicesComparison {
  rows: Record<QuantityName, TruthRow>;
  requests: number;
  summary: RunSummary;
}

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.message}\n${result.error.detail ?? ''}`);
}

/** Makes the run and compares. Rejects when either side cannot start. */
export async function compareWithServices(options: ServicesOptions): Promise<ServicesComparison> {
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-services-'));
  const log = join(folder, 'truth.jsonl');
  const file = join(folder, 'services.yaml');
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  try {
    writeFileSync(file, JSON.stringify(servicesScenario(options.users, options.durationMs, 7, options.only)));
    const config = { seed: 7, services: serviceSettings };
    const agent = need(await launchPractice(nodeProcessHost, { config, logFile: log }));
    try {
      const prepared = need(
        await prepareRun(file, {
          environmentVariables: null,
          workspaceCache: folder,
          processes: nodeProcessHost,
        }),
      );
      const plan = need(
        await prepared.buildPlan({
          runId: 'services',
          practiceUrl: agent.url,
          practiceServices: agent.services,
        }),
      );
      const records: RequestRecord[] = [];
      const run = await engine.start(plan, {
        onBatch(batch) {
          for (const { firstId, columns } of batch.requests)
            for (let i = 0; i < columns.length; i++) records.push(requestRecord(columns, i, firstId + i));
          options.onSample?.(batch.sample);
        },
        ...(options.onNotice ? { onNotice: options.onNotice } : {}),
      });
      const { summary } = await run.finished;
      await agent.close();
      const rows = compare(
        records,
        plan.steps.map(({ name }) => name),
        readFileSync(log, 'utf8'),
      );
      return { rows, requests: records.length, summary };
    } finally {
      await agent.close();
    }
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(
  records: readonly RequestRecord[],
  steps: readonly string[],
  log: string,
): ServicesComparison['rows'] {
  const truths = new Map<string, TruthRequest>();
  for (const line of log.split('\n').filter(Boolean)) {
    const truth = TruthLine.parse(JSON.parse(line));
    if (truth.kind === 'request') truths.set(truth.id, truth);
  }
  const rows = Object.fromEntries(
    quantityNames.map((name) => [name, emptyRow()]),
  ) as ServicesComparison['rows'];
  for (const record of records) {
    if (record.outcome !== 'ok' || record.excluded !== null) continue;
    const step = steps[record.step] ?? '';
    const truth = truths.get(nameOf(step, record.vu, record.iteration));
    for (const name of quantityNames) {
      const quantity: Quantity = quantities[name];
      if (quantity.step !== step) continue;
      const [from, to] = truth ? quantity.truth(truth) : [null, null];
      const actual = from === null || to === null ? null : Number(BigInt(to) - BigInt(from)) / 1e6;
      addToRow(rows[name], quantity.ours(record), actual);
    }
  }
  return rows;
}
