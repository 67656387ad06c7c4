/** What the application is asked about the services of gRPC users or of a stage. Pure. */
import { isPlainMap } from '../../document/plain.ts';
import { type ValuePath, valueAt } from '#contract/scenario/shape';

/** Text of a scenario, and the place among its users of the entry that is meant. */
export interface RpcQuestion {
  text: string;
  user: number;
}

/**
 * The services of what lies at `owner`: a users entry as it stands in the text. A stage (`setup`, `teardown`) has its own
 * target and .proto files and no place among the users: it stands alone in a text of its own, with the scenario's environment.
 */
export function rpcQuestion(text: string, value: unknown, owner: ValuePath): RpcQuestion {
  if (owner[0] === 'users') return { text, user: Number(owner[1]) };
  const environment = isPlainMap(value) ? value.environment : undefined;
  return { text: JSON.stringify({ environment, users: [valueAt(value, owner)] }), user: 0 };
}
