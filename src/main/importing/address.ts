/** The address of an agent as it is imported: made a WebSocket's, its secrets replaced by placeholders. */
import { masked, namesSecret } from '#contract/secrets';
import type { ScenarioDraft } from './draft.ts';

interface ImportedAddress {
  /** What goes into the environment. */
  environment: { url: string; auth?: { type: 'basic'; user: string; password: string } };
  /** Names of the secrets that the address had in it, in the order they stand there. */
  secrets: string[];
  /** Variables that it is filled in from. */
  variables: string[];
  /** It was an address of HTTP. */
  wasHttp: boolean;
  /** It names no path, or only `/`. */
  withoutPath: boolean;
}

const userInfo = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;
const parameter = /([?&])([^=&#]+)=([^&#]*)/g;

/** A name for a secret, made from what it was called. */
function secretName(from: string): string {
  const name = from
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toUpperCase()
    .slice(0, 60);
  return /^[A-Z]/.test(name) ? name : `AGENT_${name === '' ? 'SECRET' : name}`;
}

/** `${HOST}` and `$HOST` of a shell, `${{ secrets.X }}` of a workflow and `$env:X` → placeholders of a scenario. */
function withPlaceholders(text: string): string {
  return text.replaceAll(
    /\$\{\{\s*(secrets|vars|env)\.([A-Za-z_]\w*)\s*\}\}|\$\{([A-Za-z_]\w*)(?::?[-=?][^}]*)?\}|\$(?:env:)?([A-Za-z_]\w*)/g,
    (_, from: string | undefined, ...names: (string | undefined)[]) => {
      const name = names.slice(0, 3).find((one) => one !== undefined) ?? '';
      return from === 'secrets' || (from === undefined && namesSecret(name))
        ? `\${secret:${name}}`
        : `\${env:${name}}`;
    },
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads an address as it was written elsewhere. Whether it is one is checked where it is put in. */
function importedAddress(written: string): ImportedAddress {
  let url = withPlaceholders(written.trim());
  const secrets: string[] = [];
  const keep = (value: string, name: string): string => {
    if (value === '' || value.includes('${')) return value;
    secrets.push(name);
    return `\${secret:${name}}`;
  };

  const wasHttp = /^https?:/i.test(url);
  url = url.replace(/^https:/i, 'wss:').replace(/^http:/i, 'ws:');
  const info = userInfo.exec(url);
  let environment: ImportedAddress['environment'] | null = null;
  if (info) {
    const [whole, scheme = '', both = ''] = info;
    const [, user = '', password = ''] = /^((?:\$\{[^}]*\}|[^:])*):?(.*)$/s.exec(both) ?? [];
    url = scheme + url.slice(whole.length);
    // A user without a password is a token more often than a name.
    const auth =
      password === ''
        ? { user: keep(user, 'AGENT_USER'), password: '' }
        : { user: decoded(user), password: keep(password, 'AGENT_PASSWORD') };
    environment = { url, auth: { type: 'basic', ...auth } };
  }
  url = url.replaceAll(parameter, (whole, sign: string, name: string, value: string) =>
    namesSecret(decoded(name)) ? `${sign}${name}=${keep(value, secretName(decoded(name)))}` : whole,
  );
  return {
    environment: { ...environment, url },
    secrets: [...new Set(secrets)],
    variables: [...new Set([...url.matchAll(/\$\{env:(\w+)\}/g)].map((match) => match[1] ?? ''))],
    wasHttp,
    withoutPath: /^[a-z]+:\/\/[^/?#]*\/?([?#].*)?$/i.test(url),
  };
}

/** An address as it may be shown: without user, password and the values of secret-looking parameters. */
export function shownAddress(written: string): string {
  return written
    .trim()
    .replace(userInfo, `$1${masked}@`)
    .replaceAll(parameter, (whole, sign: string, name: string, value: string) =>
      namesSecret(decoded(name)) && !/^\$\{[^}]*\}?$/.test(value) ? `${sign}${name}=${masked}` : whole,
    );
}

/** Whether it could be an address, whatever its placeholders stand for; one that cannot may hold a password anywhere. */
function isReadable(url: string): boolean {
  const tried = url.replaceAll(/\$\{[^}]*\}/g, '1').replace(/^(ws)(s?:)/i, 'http$2');
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) && URL.canParse(tried);
}

/** Headers as they may stand in a scenario: a literal secret becomes a placeholder. */
function keptHeaders(headers: Readonly<Record<string, string>>): {
  kept: Record<string, string>;
  secrets: string[];
} {
  const secrets: string[] = [];
  const entries = Object.entries(headers).map(([name, value]): [string, string] => {
    if (!namesSecret(name) || /^([\w-]+\s+)?\$\{[^}]*\}$/.test(value)) return [name, value];
    secrets.push(secretName(name));
    return [name, `\${secret:${secretName(name)}}`];
  });
  return { kept: Object.fromEntries(entries), secrets };
}

/**
 * Aims the draft at an address and notes what became of it. `name`: what it was called there, with what stands between
 * it and its value, like `WS_URL=` or `--host `. `headers` go with it.
 */
export function offerAddress(
  draft: ScenarioDraft,
  name: string,
  written: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { notes } = draft;
  const bare = name.replace(/[=\s]+$/, '');
  const address = importedAddress(written);
  const { environment } = address;
  if (!/^\$\{[^}]*\}$/.test(environment.url) && !isReadable(environment.url)) {
    notes.leftOut(
      bare,
      'It is not an address as Crosstalk reads it: write it whole, like wss://host/path; special characters in a user or password must be percent-encoded.',
    );
    return;
  }
  const from = `${name}${shownAddress(written)}`;
  const changes: string[] = [];
  if (address.wasHttp)
    changes.push(
      `It is ${environment.url.startsWith('wss') ? 'wss' : 'ws'} here: calls are WebSocket connections.`,
    );
  if (address.withoutPath)
    changes.push(
      'It has no path: add the one of the WebSocket to environment.url, like /api/v1/media/stream.',
    );
  if (environment.auth) changes.push('User and password became environment.auth.');
  if (address.variables.length > 0)
    changes.push(
      `${address.variables.join(', ')} ${address.variables.length === 1 ? 'is' : 'are'} filled in from the environment's variables, or the program's.`,
    );
  for (const secret of address.secrets)
    changes.push(`A secret in it became \${secret:${secret}}: keep its value under Environments, Secrets.`);
  draft.offer(
    changes.length > 0 ? 'changed' : 'taken',
    from,
    changes.length > 0 ? changes.join(' ') : 'The address that is called: environment.url.',
    [{ path: ['environment'], value: environment }],
  );
  if (address.withoutPath)
    draft.comment(['environment', 'url'], 'add the path of the WebSocket, like /api/v1/media/stream');
  const { kept, secrets } = keptHeaders(headers);
  for (const [header, value] of Object.entries(kept)) {
    const secret = secrets.find((one) => value === `\${secret:${one}}`);
    draft.offer(
      secret === undefined ? 'taken' : 'changed',
      `header ${header}`,
      secret === undefined
        ? 'environment.headers.'
        : `Its value is a secret and became \${secret:${secret}}: keep it under Environments, Secrets.`,
      [{ path: ['environment', 'headers', header], value }],
    );
  }
}
