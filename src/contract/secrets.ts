/** Masking what looks like a secret by its name, wherever something is stored or shown. */

export const masked = '***';

const secretName =
  /auth|cookie|token|secret|passw|passphrase|credential|signature|(^|[-_])(key|sig|code|pwd|pass)($|[-_])|api-?key|apikey/i;

/** Whether a header, a query parameter or a key is named like a secret. */
export function namesSecret(name: string): boolean {
  return secretName.test(name);
}

/** The value of a header as it may be stored: literal secrets masked, `${…}` left as written. */
export function maskHeader(name: string, value: string): string {
  return namesSecret(name) && !value.includes('${') ? masked : value;
}

/** A URL as it may be stored: a password in it and secret-looking query parameters masked, `${…}` left as written. */
export function maskUrl(url: string): string {
  return url
    .replace(/^([^\s?#@]*?:\/\/)([^/?#@]+)@/i, (whole, scheme: string, user: string) =>
      user.includes('${') ? whole : `${scheme}${masked}@`,
    )
    .replaceAll(/([?&])([^=&#]+)=([^&#]*)/g, (whole, sign: string, name: string, value: string) =>
      namesSecret(name) && value !== '' && !value.includes('${') ? `${sign}${name}=${masked}` : whole,
    );
}

/** A text as messages quote it: its beginning, without the secrets of an address. */
export function quoted(text: string): string {
  const shown = maskUrl(text);
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60).toWellFormed()}…` : shown);
}
