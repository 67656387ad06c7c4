/** Requests as an engine thread would hand them over, for tests. */
import type { KeptRequest, RequestRecord, RequestStep } from '#contract/requests';
import { RequestCollector, type EndedRequest, type RequestColumns } from '#engine/requests/columns';

export function aStep(id: number, more: Partial<RequestStep> = {}): RequestStep {
  return {
    ...{ id, name: `step ${id}`, type: 'GET', user: 'clients', phase: null, group: null, checks: [] },
    ...more,
  };
}

/** One that took 80 ms after it had waited for 5. */
export function anEnded(more: Partial<EndedRequest> = {}): EndedRequest {
  return {
    ...{ step: 0, vu: 1, iteration: 1, intendedAt: 1000, sentAt: 1005, outcome: 'ok', status: 200 },
    ...{ error: null, retries: 0, bytesSent: 120, bytesReceived: 900, checksPassed: 0, checksFailed: 0 },
    ...{ request: 85, request_uncorrected: 80, queue: 5, first_byte: 70, download: 10, excluded: null },
    ...more,
  };
}

export function columnsOf(requests: readonly EndedRequest[]): RequestColumns {
  const collector = new RequestCollector();
  for (const request of requests) collector.add(request);
  const columns = collector.take();
  if (columns === null) throw new Error('There is no request');
  return columns;
}

export function aRecord(more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...{ id: 1, step: 0, vu: 1, iteration: 1, intendedAt: 1000, sentAt: 1005, outcome: 'ok', status: 200 },
    ...{ error: null, retries: 0, request: 85, request_uncorrected: 80, queue: 5, dns: null, tcp: null },
    ...{ tls: null, first_byte: 70, download: 10, first_token: null, tokens_per_second: null },
    ...{ first_audio: null, final_result: null, bytesSent: 120, bytesReceived: 900 },
    ...{ checksPassed: 0, checksFailed: 0, excluded: null },
    ...more,
  };
}

export function aKept(record: RequestRecord, more: Partial<KeptRequest> = {}): KeptRequest {
  return {
    ...{ why: 'failed', record, method: 'GET', url: 'http://127.0.0.1/clients', httpVersion: '1.1' },
    ...{ requestHeaders: [], requestBody: null, responseHeaders: [], responseBody: null },
    ...{ messages: [], message: null, checks: [], extracted: {} },
    ...more,
  };
}
