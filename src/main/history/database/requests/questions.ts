/** What is asked of the database about requests; part of `../messages.ts`. */
import { z } from 'zod';
import { RequestQuery, requestsApi } from '#contract/api/requests';
import { ExportedRequests } from '#contract/exported';
import { CheckRow, KeptRequest, requestBreakdowns, RequestRow } from '#contract/requests';
import type { RequestReader } from './reader.ts';

const runId = z.object({ runId: z.string() });

export const requestQuestions = {
  requestPlan: {
    name: 'requestPlan',
    input: runId,
    output: ExportedRequests.pick({ steps: true, periods: true }),
  },
  requestSummary: {
    name: 'requestSummary',
    input: runId.extend({ by: z.enum(requestBreakdowns), period: z.string().optional() }),
    output: z.array(RequestRow),
  },
  requestChecks: { name: 'requestChecks', input: runId, output: z.array(CheckRow) },
  requestList: { name: 'requestList', input: RequestQuery, output: requestsApi.list.output },
  requestsKept: { name: 'requestsKept', input: requestsApi.kept.input, output: requestsApi.kept.output },
  requestKept: {
    name: 'requestKept',
    input: runId.extend({ id: z.number().int() }),
    output: KeptRequest.nullable(),
  },
} as const;

type Answer = (input: unknown) => unknown;

function answer<I extends z.ZodType>(question: { input: I }, read: (input: z.output<I>) => unknown): Answer {
  return (input) => read(question.input.parse(input));
}

/** Which question the reader answers how. */
export function requestAnswers(reader: RequestReader): Record<keyof typeof requestQuestions, Answer> {
  const asked = requestQuestions;
  return {
    requestPlan: answer(asked.requestPlan, (query) => reader.plan(query.runId)),
    requestSummary: answer(asked.requestSummary, (query) => reader.summary(query)),
    requestChecks: answer(asked.requestChecks, (query) => reader.checks(query.runId)),
    requestList: answer(asked.requestList, (query) => reader.list(query)),
    requestsKept: answer(asked.requestsKept, (query) => reader.kept(query)),
    requestKept: answer(asked.requestKept, ({ runId: id, id: request }) => reader.one(id, request)),
  };
}
