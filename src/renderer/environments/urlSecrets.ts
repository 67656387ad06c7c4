/** Secrets that stand literally in an address: a password before the host, or a parameter named like a secret. */
import { namesSecret } from '#contract/secrets';

export interface UrlSecret {
  /** What it is called there: `password`, or the parameter. */
  name: string;
  value: string;
  /** The address with something else in its place. */
  replaced: (by: string) => string;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The first one of an address; null: there is none. */
export function secretInUrl(url: string): UrlSecret | null {
  const user = /^([a-z][a-z0-9+.-]*:\/\/[^:/?#@\s]*:)([^/?#@\s]+)@/i.exec(url);
  const [, before = '', password = ''] = user ?? [];
  if (user && !password.includes('${')) {
    return {
      name: 'password',
      value: decoded(password),
      replaced: (by) => before + by + url.slice(before.length + password.length),
    };
  }
  for (const match of url.matchAll(/([?&])([^=&#]+)=([^&#]*)/g)) {
    const [, sign = '', name = '', value = ''] = match;
    if (value === '' || value.includes('${') || !namesSecret(name)) continue;
    const at = match.index + sign.length + name.length + 1;
    return {
      name: decoded(name),
      value: decoded(value),
      replaced: (by) => url.slice(0, at) + by + url.slice(at + value.length),
    };
  }
  return null;
}
