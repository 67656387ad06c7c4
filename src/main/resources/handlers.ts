/** What is sampled beside a run: processes of this machine, and Prometheus endpoints. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail } from '#contract/errors';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface ResourceHandlerOptions {
  publish: Publish;
}

export function createResourceHandlers(_options: ResourceHandlerOptions): ApiHandlers['resources'] {
  return {
    processes: notBuilt,
    offered: notBuilt,
  };
}
