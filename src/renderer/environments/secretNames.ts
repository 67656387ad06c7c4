/** Names of secrets: as `${secret:NAME}` has them. */
import type { SecretEntry } from '#contract/api/secrets';
import { placeholdersIn } from '#contract/scenario/placeholders';

const allowed = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** What is wrong with a name; null: nothing. */
export function secretNameProblem(name: string): string | null {
  if (name === '') return 'A secret needs a name.';
  if (!allowed.test(name))
    return 'A name begins with a letter or _ and holds only letters, digits and _ (at most 100).';
  return null;
}

/** A name that tells where the secret is used: `STAGING_X_KEY` of the parts `staging` and `x-key`. */
export function proposedSecretName(...parts: string[]): string {
  const name = parts
    .map((part) => part.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, ''))
    .filter(Boolean)
    .join('_')
    .toUpperCase();
  return (/^[A-Z_]/.test(name) ? name : `SECRET${name === '' ? '' : `_${name}`}`).slice(0, 100);
}

/** What a scenario's steps fill in: a variable, a field of data, a value of an earlier response. */
const variable = /(^|[^$])\$\{[A-Za-z_][\w.]*\}/;

/** Whether a text is nothing but placeholders and words like `Bearer`: it holds no secret of its own. */
export function holdsLiteralSecret(text: string): boolean {
  return text !== '' && placeholdersIn(text).found.length === 0 && !variable.test(text);
}

const places: Record<SecretEntry['keptIn'], string> = {
  os_store: 'Key store of the system',
  file: 'Private file',
  environment: 'Environment variable',
  missing: 'Missing',
};

/** Where a secret is kept, in words. */
export function keptInWords(keptIn: SecretEntry['keptIn']): string {
  return places[keptIn];
}
