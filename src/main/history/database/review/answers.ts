/** Which question the reader answers how. */
import type { z } from 'zod';
import { reviewQuestions as asked } from './questions.ts';
import type { ReviewReader } from './reader.ts';

type Answer = (input: unknown) => unknown;

function answer<I extends z.ZodType>(question: { input: I }, read: (input: z.output<I>) => unknown): Answer {
  return (input) => read(question.input.parse(input));
}

export function reviewAnswers(reader: ReviewReader): Record<keyof typeof asked, Answer> {
  return {
    samples: answer(asked.samples, (query) => reader.samples(query)),
    turns: answer(asked.turns, (query) => reader.turns(query)),
    calls: answer(asked.calls, (query) => reader.calls(query)),
    errors: answer(asked.errors, ({ runId }) => reader.errors(runId)),
    errorList: answer(asked.errorList, (query) => reader.errorList(query)),
    connectionsOf: answer(asked.connectionsOf, ({ runId, callId }) => reader.connectionsOf(runId, callId)),
    values: answer(asked.values, ({ runId, metric, step }) => reader.values(runId, metric, step)),
    breakdown: answer(asked.breakdown, ({ runId, by }) => reader.breakdown(runId, by)),
    heatMap: answer(asked.heatMap, (query) => reader.heatMap(query)),
    connections: answer(asked.connections, ({ runId }) => reader.connections(runId)),
    audio: answer(asked.audio, ({ runId }) => reader.audio(runId)),
    summaries: answer(asked.summaries, (query) => reader.summaries(query)),
    scenarios: answer(asked.scenarios, () => reader.scenarios()),
  };
}
