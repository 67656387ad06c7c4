/** Server reflection: a server is asked for the descriptors of its services. */
import { fail, type Result } from '#contract/errors';
import type { PlanTarget } from '../plan.ts';

/** A serialised `FileDescriptorSet` of the services and all they depend on; of every service when none is named. Errors: `reflection_refused` and those of connecting. */
export function reflectDescriptors(
  target: PlanTarget,
  services: string[],
  timeoutMs: number,
): Promise<Result<Uint8Array>> {
  const asked = services.length === 0 ? 'its services' : services.join(', ');
  return Promise.resolve(
    fail(
      'unavailable',
      'reflection_refused',
      `${target.shownUrl} cannot be asked for ${asked} yet (${timeoutMs} ms).`,
    ),
  );
}
