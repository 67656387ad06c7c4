/** One question to a Prometheus endpoint, bounded in time and size. */
import { fail, ok, type Result } from '#contract/errors';
import { masked, maskUrl } from '#contract/secrets';
import type { PlanTls } from '#engine/plan';
import { askHealth, noAnswerReason } from '../../environments/guardRequest.ts';
import { formatOf, readExposition, type Exposition } from './exposition.ts';

const timeoutMs = 2000;
const largestBytes = 4 * 1024 * 1024;
const accept = 'text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1';

/** An endpoint with its placeholders filled in. Holds secrets: never stored, never shown. */
export interface AskedEndpoint {
  url: URL;
  headers: Readonly<Record<string, string>>;
  tls: PlanTls;
  proxy: string | null;
  /** What may not be shown wherever an answer repeats it. */
  secrets: readonly string[];
}

function statusReason(status: number, location: string | null, secrets: readonly string[]): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) {
    const to = secrets.reduce((left, secret) => left.replaceAll(secret, masked), maskUrl(location ?? ''));
    const where = to === '' ? '' : ` to ${to.slice(0, 200)}`;
    return `it points elsewhere (HTTP ${status})${where}, which is not followed; give the address that answers`;
  }
  if (status === 401 || status === 403) return `it does not let this question in (HTTP ${status})`;
  return status === 404 ? 'there is nothing at this path (HTTP 404)' : `it answers HTTP ${status}`;
}

/** What it says now, of its series those that are wanted. Error `no_metrics`: why there is nothing, without a full stop. */
export async function askEndpoint(
  { url, headers, tls, proxy, secrets }: AskedEndpoint,
  options: { wanted?: (name: string) => boolean; signal?: AbortSignal } = {},
): Promise<Result<Exposition>> {
  const late = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal]);
  const none = (why: string) => fail('unavailable', 'no_metrics', why);
  try {
    const asked = { url, headers: { accept, ...headers }, tls, proxy, signal, largestBytes };
    const { status, location, body, type } = await askHealth(asked);
    const reason = statusReason(status, location, secrets);
    if (reason !== null) return none(reason);
    if (body === null) return none(`its answer is larger than ${largestBytes / 1024 / 1024} MB`);
    const read = readExposition(body, formatOf(type), options.wanted);
    return read.ok
      ? ok(read.value)
      : none(`what it says is not the text format of Prometheus: ${read.error.message}`);
  } catch (thrown) {
    return none(signal.aborted ? `it did not answer within ${timeoutMs / 1000} s` : noAnswerReason(thrown));
  }
}
