/** Answers what screens ask about packs. */
import type { ApiHandlers } from '#contract/api/index';
import { ok } from '#contract/errors';
import type { PackService } from './service.ts';

export function createPackHandlers(packs: PackService): ApiHandlers['packs'] {
  return {
    plan: ({ out, ...input }) => packs.plan(input, out),
    write: ({ pack, out }) => packs.write(pack, out),
    cancel: () => {
      packs.cancel();
      return ok(undefined);
    },
  };
}
