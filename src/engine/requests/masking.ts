/** Keeps secrets out of what is kept of requests. */
import { masked, maskUrl, namesSecret } from '#contract/secrets';

/** Secrets that are shorter would mask half of every text. */
const shortest = 4;
/** Of what a request sends by the name of a secret, shorter values may be plain words. */
const shortestSent = 6;
const parameter = /[?&]([^=&#]+)=([^&#]*)/g;
const jsonField = /("((?:[^"\\]|\\.){1,100})"\s*:\s*)"((?:[^"\\]|\\.)*)("|$)/g;
const formField = /(^|&)([^=&\s]{1,100})=([^&\s]*)/g;

export class Masking {
  readonly #secrets: readonly string[];

  /** `secrets`: values that were filled in; they are masked wherever they stand, also as they stand in JSON and in URLs. */
  constructor(secrets: readonly string[]) {
    const all = secrets
      .filter((secret) => secret.length >= shortest)
      .flatMap((secret) => [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret.toWellFormed()),
      ]);
    this.#secrets = [...new Set(all)].sort((a, b) => b.length - a.length);
  }

  /** That masks these values too. */
  with(secrets: readonly string[]): Masking {
    return secrets.length === 0 ? this : new Masking([...this.#secrets, ...secrets]);
  }

  text(text: string): string {
    let out = text;
    for (const secret of this.#secrets) if (out.includes(secret)) out = out.replaceAll(secret, masked);
    return out;
  }

  url(url: string): string {
    return this.text(maskUrl(url));
  }

  /** A header, a value that was extracted, a field. */
  value(name: string, value: string): string {
    return namesSecret(name) ? masked : this.text(value);
  }

  /** A body: fields of JSON and of forms whose names sound secret. `ofTokens`: a field `token` holds words of an answer. */
  body(text: string, contentType: string, ofTokens: boolean): string {
    const secret = (name: string) => namesSecret(name) && !(ofTokens && /^tokens?$/i.test(name));
    const form = contentType.includes('x-www-form-urlencoded')
      ? text.replaceAll(formField, (whole, sign: string, name: string) =>
          secret(decoded(name)) ? `${sign}${name}=${masked}` : whole,
        )
      : text;
    return this.text(
      form.replaceAll(jsonField, (whole, before: string, name: string, _value: string, end: string) =>
        secret(name) ? `${before}"${masked}${end}` : whole,
      ),
    );
  }
}

interface Sent {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Secrets that stand in a request under their names: an answer may repeat them under others. */
export function secretsSent({ url, headers, body }: Sent): string[] {
  const pairs: [string, string][] = [
    ...Object.entries(headers).map(([name, value]): [string, string] => [name, value.replace(/^\S+\s+/, '')]),
    ...[...url.matchAll(parameter), ...body.matchAll(formField)].flatMap((found): [string, string][] => {
      const [name = '', value = ''] = found.slice(-2);
      return [[decoded(name), decoded(value)]];
    }),
    ...[...body.matchAll(jsonField)].map(([, , name = '', value = '']): [string, string] => [name, value]),
  ];
  return pairs.flatMap(([name, value]) => (namesSecret(name) && value.length >= shortestSent ? [value] : []));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
