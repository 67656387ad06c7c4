/** The page's own origin in the desktop door. Compared by a URL parser: a prefix of text is not an origin. */
export const appScheme = 'app';
export const appHost = 'crosstalk';
export const appUrl = `${appScheme}://${appHost}/`;

/** Whether a URL belongs to the page itself. */
export function isOwnUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null &&
    parsed.protocol === `${appScheme}:` &&
    parsed.host === appHost &&
    parsed.username === '' &&
    parsed.password === ''
  );
}
