/** The cookies of one user (RFC 6265). */
import { CookieJar } from 'tough-cookie';

/** Costs nothing while no server has set any. */
export class Cookies {
  #jar: CookieJar | null = null;

  /** For an address, as the header has them; empty: none. */
  for(url: string): string {
    return this.#jar === null ? '' : this.#jar.getCookieStringSync(url);
  }

  /** Takes over what an answer from `url` sets; what is not allowed there (another domain, a broken line) is left out. */
  set(url: string, setCookie: readonly string[]): void {
    this.#jar ??= new CookieJar(undefined, {
      allowSpecialUseDomain: true,
      rejectPublicSuffixes: false,
    });
    for (const line of setCookie) this.#jar.setCookieSync(line, url, { ignoreError: true });
  }
}
