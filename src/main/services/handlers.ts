/** What the editor asks about services and data files. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notYet = () => fail('unavailable', 'not_built', 'Services cannot be looked at yet.');

export function createServiceHandlers(): ApiHandlers['services'] {
  return { methods: notYet, feedPreview: notYet };
}
