/** Questions to the database worker, with answers an operator can read. */
import type { z } from 'zod';
import type { Result } from '#contract/errors';
import { fail } from '#contract/errors';
import type { DatabaseConnection } from './connection.ts';
import type { DatabaseCall, DatabaseCallName } from './database/messages.ts';

/** Asks the worker for one of its calls; never rejects. */
export type Ask = <N extends DatabaseCallName, I extends z.ZodType, O extends z.ZodType>(
  call: DatabaseCall<N, I, O>,
  input: z.input<I>,
) => Promise<Result<z.output<O>>>;

/** Asks so that why something cannot be had, or done, at the moment is a sentence of its own. */
export function asking(connection: Pick<DatabaseConnection, 'ask'>, cannot: 'read' | 'changed'): Ask {
  return async (call, input) => {
    const answer = await connection.ask(call, input);
    if (answer.ok || answer.error.kind !== 'unavailable') return answer;
    const { code, message } = answer.error;
    return fail(
      'unavailable',
      code,
      `The history cannot be ${cannot} at the moment: ${message.replace(/\.$/, '')}. Try again once that has passed.`,
      { cause: answer.error },
    );
  };
}
