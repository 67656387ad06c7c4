/** What the calls of a users entry are, as its server tells of them. */
import { fail, ok, type Result } from '#contract/errors';
import { formatPath, type ValuePath } from '#contract/scenario/shape';
import { addressOf, stepsOf, type Requester } from '#contract/scenario/steps';
import { readServices, unknownRpc } from '#engine/grpc/methods';
import type { RpcKind } from '#engine/grpc/serviceTypes';

/** The kinds of the calls of a users entry. Errors: `rpc_unknown`, `descriptors_invalid`. */
export function rpcTypes(
  descriptors: Uint8Array,
  requester: Requester,
  path: ValuePath,
): Result<ReadonlyMap<string, RpcKind>> {
  const services = readServices(descriptors);
  if (!services.ok)
    return fail(
      'unavailable',
      'descriptors_invalid',
      `What the server of ${requester.name} says of its services cannot be read; name their .proto files with "proto".`,
    );
  const found = new Map<string, RpcKind>();
  for (const { step, path: at } of stepsOf(requester, path)) {
    const rpc = addressOf(step);
    const method = services.value.method(rpc);
    if (method === undefined)
      return fail(
        'invalid_input',
        'rpc_unknown',
        `${formatPath([...at, 'rpc'])}: ${unknownRpc(services.value, rpc)}`,
      );
    found.set(rpc, method.kind);
  }
  return ok(found);
}
