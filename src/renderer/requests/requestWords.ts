/** What is said of a request in words. */
import { grpcStatuses } from '#contract/grpcStatuses';
import type { RequestOutcome, RequestRecord, RequestStep, StageResult } from '#contract/requests';

export const outcomeWords: Record<RequestOutcome, string> = {
  ok: 'ok',
  failed: 'failed',
  timeout: 'timed out',
  cut: 'cut',
};

export const outcomeAbout: Record<RequestOutcome, string> = {
  ok: 'It was answered as its checks want it.',
  failed: 'No answer, a status that means failure, a failed check, or a value that was not in the answer.',
  timeout: 'Its answer had not ended within its timeout.',
  cut: 'The run ended before its answer did; it counts as neither ok nor failed.',
};

const rpcTypes: ReadonlySet<string> = new Set(['unary', 'client_stream', 'server_stream', 'bidi']);

/** Whether a step of this type is a call over gRPC. */
export function isRpc(type: string): boolean {
  return rpcTypes.has(type);
}

/** `client stream`; of HTTP the method as it is. */
export function typeWords(type: string): string {
  return type.replaceAll('_', ' ');
}

/** `200`, `UNAVAILABLE`; empty where there was no answer. */
export function statusWords(type: string, status: number | null): string {
  if (status === null) return '';
  return isRpc(type) ? (grpcStatuses[status] ?? String(status)) : String(status);
}

/** What else is worth saying of a request's outcome, for a hover. */
export function outcomeNotes(record: Pick<RequestRecord, 'outcome' | 'excluded' | 'retries'>): string {
  const notes = [outcomeAbout[record.outcome]];
  if (record.excluded === 'generator')
    notes.push('The generator was late for it; it is kept out of the latencies.');
  if (record.excluded === 'warm_up')
    notes.push('It began during the warm-up; it is kept out of the latencies.');
  if (record.retries > 0)
    notes.push(`It was made again ${record.retries === 1 ? 'once' : `${record.retries} times`}.`);
  return notes.join(' ');
}

export type StageNames = Readonly<Record<string, StageResult['stage']>>;

const stageWords: Record<StageResult['stage'], string> = { setup: 'set-up', teardown: 'tear-down' };

/** `set-up` or `tear-down` for a step that belongs to no user; null: it is a user's. */
export function stageOf(step: Pick<RequestStep, 'user'> | undefined, stages: StageNames): string | null {
  const stage = step === undefined ? undefined : stages[step.user];
  return stage === undefined ? null : stageWords[stage];
}

/** Whose a request was: `user 3, iteration 12`. */
export function whose(record: Pick<RequestRecord, 'vu' | 'iteration'>): string {
  return record.iteration === 0
    ? `user ${record.vu}, before or after its iterations`
    : `user ${record.vu}, iteration ${record.iteration}`;
}
