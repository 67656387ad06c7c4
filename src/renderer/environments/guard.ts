/** A guard to begin with: the health address of the same host, which must say that it is a test system. */
export function newGuard(targetUrl: unknown): { url: string; expect: { app_env: string } } {
  const [, secure, host] =
    typeof targetUrl === 'string' ? (/^ws(s?):\/\/(?:[^@/?#]*@)?([^/?#]+)/i.exec(targetUrl) ?? []) : [];
  const url = host === undefined ? '' : `http${(secure ?? '').toLowerCase()}://${host}/health`;
  return { url, expect: { app_env: 'test' } };
}
