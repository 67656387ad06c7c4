import type { ProtocolName } from '#contract/scenario/file';
import { createAcsAdapter } from './acs.ts';
import type { CreateAdapter } from './adapter.ts';

/** Every protocol the engine speaks; a name in the contract without an adapter does not compile. */
export const adapters: Record<ProtocolName, CreateAdapter> = {
  acs: createAcsAdapter,
};
