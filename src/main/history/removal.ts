/** Removes runs for good, a bounded part at a time: runs that go on are written in between. */
import { ok, type Result } from '#contract/errors';
import type { Ask } from './asking.ts';
import { databaseCalls } from './database/messages.ts';

/** Goes on until nothing is left to remove and the space is given back. What a failure leaves is gone with the next removal. */
export async function goOn(ask: Ask): Promise<Result<void>> {
  for (;;) {
    const more = await ask(databaseCalls.goOn, null);
    if (!more.ok) return more;
    if (!more.value) return ok(undefined);
  }
}

/** Removes what was chosen; its ids. They are gone from every list even if their space is only given back later. */
export async function removeChosen(ask: Ask, chosen: Promise<Result<string[]>>): Promise<Result<string[]>> {
  const ids = await chosen;
  if (ids.ok && ids.value.length > 0) await goOn(ask);
  return ids;
}
