/** Where a run is aimed, and what must be known before it: the guard, production, tokens, certificates that nobody verifies. */
import type { GuardReport, TokenExpiry } from '#contract/api/environments';
import { ok, type Result } from '#contract/errors';
import { practiceEnvironment, type Environment, type Target } from '#contract/scenario/environment';
import { maskUrl } from '#contract/secrets';
import type { PlanTarget } from '#engine/plan';
import { connectTarget, wayTo } from './connect.ts';
import { askGuard, fillGuard } from './guard.ts';
import { tokenExpiries, tokenWarning } from './tokens.ts';
import { missingIn, readValues, textsIn, type ValueSources } from './values.ts';

/** Where a run is aimed. Nobody is called but the guard's address, and only by `askGuard`. */
export interface RunAim {
  /** The environment's name; of one written in place its host. */
  label: string;
  /** Addresses as they may be shown. */
  targets: { name: string; url: string }[];
  /** null: not production. */
  production: { confirmAbove: number } | null;
  guarded: boolean;
  /** null: there is no guard. Errors: those of filling in its placeholders and its target's certificates. */
  askGuard(signal?: AbortSignal): Promise<Result<GuardReport | null>>;
  /** Tokens that say when they end, the first to end first. Errors: as `askGuard`. */
  tokens(): Promise<Result<TokenExpiry[]>>;
  /** One sentence each: certificates not verified, tokens that end before `until` (ms of the epoch). What cannot be filled in is not spoken of. */
  warnings(until: number): Promise<string[]>;
  /** Placeholders without a value on this machine, as written. */
  missing(): string[];
}

/** The practice agent: nothing to be said of it. */
export const practiceAim: RunAim = {
  label: practiceEnvironment,
  targets: [],
  production: null,
  guarded: false,
  askGuard: () => Promise.resolve(ok(null)),
  tokens: () => Promise.resolve(ok([])),
  warnings: () => Promise.resolve([]),
  missing: () => [],
};

export interface AimOptions {
  label: string;
  /** Relative paths begin here. */
  folder: string;
  sources: ValueSources;
  /** Targets that are called; left out: all. */
  used?: readonly string[];
}

/** The target whose certificates and proxy reach the guard too. */
function defaultTarget(targets: Readonly<Record<string, Target>>): [string, Target] | undefined {
  return Object.entries(targets).find(([name]) => name === 'default') ?? Object.entries(targets)[0];
}

/** Looks at an environment for a run. */
export function aimAt(environment: Environment, { label, folder, sources, used }: AimOptions): RunAim {
  const { guard, variables } = environment;
  const targets = Object.entries(environment.targets).filter(
    ([name]) => used === undefined || used.includes(name),
  );

  async function connected(name: string, target: Target): Promise<Result<PlanTarget>> {
    const values = await readValues(textsIn(target), variables, sources);
    return connectTarget(name, target, { folder, values });
  }

  async function tokens(): Promise<Result<TokenExpiry[]>> {
    const plans: { name: string; target: Target; plan: PlanTarget }[] = [];
    for (const [name, target] of targets) {
      const plan = await connected(name, target);
      if (!plan.ok) return plan;
      plans.push({ name, target, plan: plan.value });
    }
    return ok(tokenExpiries(plans));
  }

  return {
    label,
    targets: targets.map(([name, { url }]) => ({ name, url: maskUrl(url) })),
    production: environment.production,
    guarded: guard !== undefined,
    async askGuard(signal) {
      if (guard === undefined) return ok(null);
      const filled = fillGuard(guard, await readValues(textsIn(guard), variables, sources));
      if (!filled.ok) return filled;
      const [name, target] = defaultTarget(environment.targets) ?? [];
      if (name === undefined || target === undefined)
        return ok(await askGuard(filled.value, { tls: { verify: true, ca: null }, proxy: null }, signal));
      const values = await readValues(textsIn({ tls: target.tls, proxy: target.proxy }), variables, sources);
      const way = await wayTo(name, target, { folder, values });
      return way.ok ? ok(await askGuard(filled.value, way.value, signal)) : way;
    },
    tokens,
    async warnings(until) {
      const said = targets
        .filter(([, target]) => !target.tls.verify)
        .map(
          ([name]) =>
            `The certificate of target ${name} is not verified (tls.verify is false): whoever answers there is believed.`,
        );
      const found = await tokens();
      const now = Date.now();
      const ends = found.ok ? found.value.map((token) => tokenWarning(token, until, now)) : [];
      return [...said, ...ends.filter((text) => text !== null)];
    },
    missing: () => missingIn(textsIn({ targets: Object.fromEntries(targets), guard }), variables, sources),
  };
}
