/** What is known of the credentials of a target before it is called. */
import type { TokenExpiry } from '#contract/api/environments';

const hourMs = 3_600_000;
/** Tokens that end later are not spoken of, unless the run would outlive them. */
const soonMs = 24 * hourMs;

function inWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  return `${Math.round(ms / hourMs)} hours`;
}

/** One remark on tokens that have expired or will soon, `plannedMs` being how long the scenario runs; null: nothing to say. */
export function tokenRemark(
  tokens: readonly TokenExpiry[],
  plannedMs: number,
  now = Date.now(),
): string | null {
  const said = tokens.flatMap(({ expiresAt, where }) => {
    const left = Date.parse(expiresAt) - now;
    const at = `${expiresAt.slice(0, 16).replace('T', ' ')} UTC`;
    if (left <= 0) return `The token of ${where} expired ${inWords(-left)} ago (${at}): get a new one.`;
    if (left > Math.max(soonMs, plannedMs)) return [];
    const run = left < plannedMs ? ', before the scenario is through' : '';
    return `The token of ${where} expires in ${inWords(left)} (${at})${run}.`;
  });
  return said.length === 0 ? null : said.join(' ');
}
