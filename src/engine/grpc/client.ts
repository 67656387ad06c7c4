/** Carries remote procedure calls over gRPC. */
import type { Clock } from '../clock.ts';
import type { PlanRequestUsers, PlanStage } from '../requestPlan.ts';
import type { RpcClient } from './rpc.ts';

export interface RpcClientOptions {
  users: PlanRequestUsers | PlanStage;
  clock: Clock;
}

/** All connections of one thread to the target of one users entry. Throws a `CrosstalkError` when its descriptors cannot be read. */
export function createRpcClient({ users }: RpcClientOptions): RpcClient {
  throw new Error(`${users.name} cannot call ${users.target.shownUrl} yet`);
}
