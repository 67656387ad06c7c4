/** What placeholders stand for: looked up once, in the order in which an operator would expect to be heard. */
import type { Result } from '#contract/errors';
import { fillPlaceholders, placeholdersIn, type Placeholder } from '#contract/scenario/placeholders';
import { namesSecret } from '#contract/secrets';

/** Secrets that are kept on this machine. */
export interface SecretReader {
  /** Its value; null: none of that name is kept. An error says why one that is kept cannot be read here. */
  read(name: string): Promise<Result<string | null>>;
  /** Whether one of that name can be read here; bothers no key store. */
  has(name: string): boolean;
}

/** Where values come from beside an environment's own variables. */
export interface ValueSources {
  /** Variables of the process. */
  env: Record<string, string | undefined>;
  /** null: no secrets are kept here. */
  secrets: SecretReader | null;
}

/** The variable of the process that a placeholder stands for, for a secret `CROSSTALK_SECRET_<name>` first. */
export function processValue(env: ValueSources['env'], { kind, name }: Placeholder): string | undefined {
  const value = kind === 'env' ? env[name] : env[`CROSSTALK_SECRET_${name}`] || env[name];
  return value === '' ? undefined : value;
}

/** What to do about a placeholder without a value: `${secret:KEY}: set …`. */
function whatToSet({ kind, name, text }: Placeholder, stored: boolean): string {
  if (kind === 'env') return `${text}: set the environment variable ${name}`;
  const variables = `set the environment variable CROSSTALK_SECRET_${name} or ${name}`;
  return stored ? `${text}: ${variables}, or keep the secret in the app` : `${text}: ${variables}`;
}

type Found = { value: string; secret?: boolean } | { missing: string };

/** The values of some placeholders. Holds secrets: never stored, never shown. */
export class PlaceholderValues {
  readonly #found: ReadonlyMap<string, Found>;
  /** Values that are secrets: of `${secret:…}`, and of variables that are named like one. Masked wherever they turn up. */
  readonly secrets: string[];

  constructor(found: ReadonlyMap<string, Found>, secrets: Iterable<string> = []) {
    this.#found = found;
    const own = [...found.values()].flatMap((one) =>
      'value' in one && one.secret === true ? [one.value] : [],
    );
    this.secrets = [...new Set([...own, ...secrets])].filter((value) => value !== '');
  }

  /** The text with its placeholders filled in; what has no value is left empty and said in `missing`, one sentence each. */
  fill(text: string, missing: Set<string>): string {
    return fillPlaceholders(text, (placeholder) => {
      const found = this.#found.get(placeholder.text);
      if (found !== undefined && 'value' in found) return found.value;
      missing.add(found?.missing ?? whatToSet(placeholder, false));
      return '';
    });
  }

  /** The same, with what has no value left as it is written. */
  fillKnown(text: string): string {
    return fillPlaceholders(text, (placeholder) => {
      const found = this.#found.get(placeholder.text);
      return found !== undefined && 'value' in found ? found.value : placeholder.text;
    });
  }
}

/**
 * Looks up every placeholder of the texts. `${env:…}`: the environment's variables, then the process's. `${secret:…}`:
 * the process's `CROSSTALK_SECRET_…` and the plain name, then what is kept. A variable may hold placeholders itself,
 * which mean the process's variables and secrets alone.
 */
export async function readValues(
  texts: Iterable<string>,
  variables: Readonly<Record<string, string>>,
  sources: ValueSources,
): Promise<PlaceholderValues> {
  const outer = new Map<string, Found>();
  const nestedSecrets: string[] = [];
  for (const placeholder of placeholdersOf(texts)) {
    if (outer.has(placeholder.text)) continue;
    const own = placeholder.kind === 'env' ? ownVariable(variables, placeholder.name) : undefined;
    if (own === undefined) {
      outer.set(placeholder.text, await lookUp(placeholder, sources));
      continue;
    }
    const inner = new Map<string, Found>();
    for (const nested of placeholdersOf([own])) inner.set(nested.text, await lookUp(nested, sources));
    const missing = new Set<string>();
    const values = new PlaceholderValues(inner);
    nestedSecrets.push(...values.secrets);
    const value = values.fill(own, missing);
    const [first] = missing;
    const secret = namesSecret(placeholder.name);
    outer.set(placeholder.text, first === undefined ? { value, secret } : { missing: first });
  }
  return new PlaceholderValues(outer, nestedSecrets);
}

/** Placeholders of the texts that have no value on this machine, as written. Bothers no key store. */
export function missingIn(
  texts: Iterable<string>,
  variables: Readonly<Record<string, string>>,
  sources: ValueSources,
): string[] {
  const missing = new Set<string>();
  const look = (placeholder: Placeholder) => {
    if (processValue(sources.env, placeholder) !== undefined) return;
    if (placeholder.kind === 'secret' && (sources.secrets?.has(placeholder.name) ?? false)) return;
    missing.add(placeholder.text);
  };
  for (const placeholder of placeholdersOf(texts)) {
    const own = placeholder.kind === 'env' ? ownVariable(variables, placeholder.name) : undefined;
    if (own === undefined) look(placeholder);
    else for (const nested of placeholdersOf([own])) look(nested);
  }
  return [...missing];
}

/** Every text in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function placeholdersOf(texts: Iterable<string>): Placeholder[] {
  return [...texts].flatMap((text) => placeholdersIn(text).found);
}

function ownVariable(variables: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

async function lookUp(placeholder: Placeholder, { env, secrets }: ValueSources): Promise<Found> {
  const value = processValue(env, placeholder);
  const secret = placeholder.kind === 'secret' || namesSecret(placeholder.name);
  if (value !== undefined) return { value, secret };
  if (placeholder.kind === 'env' || secrets === null)
    return { missing: whatToSet(placeholder, secrets !== null) };
  const kept = await secrets.read(placeholder.name);
  if (!kept.ok) return { missing: `${placeholder.text}: ${kept.error.message.replace(/\.$/, '')}` };
  return kept.value === null || kept.value === ''
    ? { missing: whatToSet(placeholder, true) }
    : { value: kept.value, secret };
}
