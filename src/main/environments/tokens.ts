/** Tokens that say themselves when they end, and a run that would outlive them. */
import type { TokenExpiry } from '#contract/api/environments';
import type { Target } from '#contract/scenario/environment';
import type { PlanTarget } from '#engine/plan';
import { tokenExpiry } from '../audio/voices/azure/token.ts';
import { authHeader } from './connect.ts';

/** Three parts in base64url, the first of which is JSON: nothing else is taken for a token. */
const webToken = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** Every token in a text that says when it ends. */
function endsIn(text: string): Date[] {
  return [...text.matchAll(webToken)].flatMap(([token]) => tokenExpiry(token) ?? []);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A token and its end, in milliseconds of the epoch. */
interface FoundToken {
  where: string;
  endsAt: number;
}

function found(where: string, text: string): FoundToken[] {
  return endsIn(text).map((end) => ({ where, endsAt: end.getTime() }));
}

/** The tokens a target is called with: in its headers, its auth and the parameters of its address. The tokens themselves are not kept. */
function tokensOf(name: string, target: Target, plan: PlanTarget): FoundToken[] {
  const own = authHeader(target.auth)?.toLowerCase();
  const tokens = Object.entries(plan.headers).flatMap(([header, value]) =>
    header.toLowerCase() === own
      ? found(`target ${name}, auth`, value)
      : found(`header ${header} of target ${name}`, value),
  );
  const query = plan.url.split('?')[1] ?? '';
  for (const part of query.split('&')) {
    const [parameter = '', value = ''] = part.split('=');
    const isAuth = target.auth?.type === 'query' && decoded(parameter) === target.auth.name;
    tokens.push(
      ...found(
        isAuth ? `target ${name}, auth` : `parameter ${decoded(parameter)} of target ${name}`,
        decoded(value),
      ),
    );
  }
  return tokens;
}

/** Every token of some targets with its end, the first to end first. */
export function tokenExpiries(
  targets: readonly { name: string; target: Target; plan: PlanTarget }[],
  now = Date.now(),
): TokenExpiry[] {
  return targets
    .flatMap(({ name, target, plan }) => tokensOf(name, target, plan))
    .sort((a, b) => a.endsAt - b.endsAt)
    .map(({ where, endsAt }) => ({
      where,
      expiresAt: new Date(endsAt).toISOString(),
      expired: endsAt <= now,
    }));
}

function inWords(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 1) return 'less than a minute';
  const count = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;
  if (minutes < 120) return count(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day');
}

/** What is to be said of a token before a run that ends at `until`; null: it outlives the run. */
export function tokenWarning(token: TokenExpiry, until: number, now = Date.now()): string | null {
  const endsAt = Date.parse(token.expiresAt);
  const at = `${token.expiresAt.slice(0, 16).replace('T', ' ')} UTC`;
  if (endsAt <= now)
    return `The token of ${token.where} expired ${inWords(now - endsAt)} ago (${at}): expect calls to be refused until it is renewed.`;
  if (endsAt >= until) return null;
  return `The token of ${token.where} expires at ${at}, ${inWords(until - endsAt)} before the planned end of the run: expect calls to be refused from then on.`;
}
