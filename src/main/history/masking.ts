/**
 * Keeps secrets out of what is stored: values of headers, query parameters and settings whose names sound secret are
 * replaced. References such as `${secret:NAME}` are not secrets and stay.
 */
import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type Pair } from 'yaml';

/** What stands in place of a masked value. */
export const mask = '***';

const secretName = /key|token|secret|auth|passw|passphrase|pwd|sig|cookie|credential|jwt|bearer/i;
/** Settings of the original tool that sound secret and are not. */
const harmless = /^(RESPONSE|END)_TOKENS$/;
/** Words that are secret only as the whole name of a query parameter. */
const secretParameter = /^(code|otp|pin)$/i;
const reference = /^\s*(?:(?:Bearer|Basic|Token)\s+)?(?:\$\{(?:env|secret):[^}]*\}\s*)+$/i;

/** Whether a header, parameter or setting of this name holds a secret. */
export function soundsSecret(name: string): boolean {
  return secretName.test(name) && !harmless.test(name);
}

const isSecretParameter = (name: string) => soundsSecret(name) || secretParameter.test(name);
const isReference = (value: string) => reference.test(value);

/**
 * Masks secrets in a line of text: query parameters and passwords of URLs, `name=value` and `name: value` pairs whose
 * name sounds secret, and what follows `Bearer` or `Basic`.
 */
export function maskText(text: string): string {
  return maskPairs(maskUrls(text));
}

function maskUrls(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#@"']+)@/gi, (whole, scheme: string, user: string) => {
      const [name, password] = user.split(':', 2);
      return password === undefined || isReference(password) ? whole : `${scheme}${name ?? ''}:${mask}@`;
    })
    .replace(/([?&;])([^=&;#\s"'?]+)=([^&;#\s"']*)/g, (whole, before: string, name: string, value: string) =>
      isSecretParameter(name) && value !== '' && !isReference(value) ? `${before}${name}=${mask}` : whole,
    );
}

function maskPairs(text: string): string {
  return text
    .replace(
      /\b(Bearer|Basic)\s+(?!\$\{)[A-Za-z0-9._~+/=-]{6,}/g,
      (_whole, scheme: string) => `${scheme} ${mask}`,
    )
    .replace(
      /(?<![\w.[\]-])([\w.[\]-]+)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|(?:(?:Bearer|Basic)\s+)?[^\s,}\]"']+)/g,
      (whole, name: string, between: string, value: string) => {
        const last = name.split('.').at(-1) ?? name;
        const bare = value.replace(/^["']|["']$/g, '');
        return soundsSecret(last) &&
          bare !== '' &&
          !bare.startsWith('${') &&
          !bare.includes(mask) &&
          !bare.startsWith('//')
          ? `${name}${between}${mask}`
          : whole;
      },
    );
}

/** A scenario's text with the values of secret-looking settings masked; its layout and its comments stay. */
export function maskYaml(yaml: string): string {
  const document = parseDocument(yaml, { keepSourceTokens: false });
  if (document.errors.length > 0) return maskText(yaml);
  const found: [from: number, to: number][] = [];
  visit(document, {
    Pair(_key, pair, parents) {
      const name = keyOf(pair);
      const around = parents.findLast(isPair);
      const within = around === undefined ? '' : keyOf(around);
      if (isOpen(within, name)) return;
      // What is in a map of auth is looked at key by key.
      if (name === 'auth' && isMap(pair.value)) return;
      if (soundsSecret(name) || within === 'auth') collect(pair.value, yaml, found);
    },
  });
  let out = yaml;
  for (const [from, to] of found.sort((a, b) => b[0] - a[0]))
    out = `${out.slice(0, from)}"${mask}"${out.slice(to)}`;
  return maskUrls(out)
    .split('\n')
    .map((line) => {
      const comment = /(?:^|\s)#/.exec(line);
      return comment === null ? line : line.slice(0, comment.index) + maskPairs(line.slice(comment.index));
    })
    .join('\n');
}

/** Keys of an environment that sound like secrets, or stand beside one, and are none: a kept run must still be readable. */
const open: Record<string, readonly string[]> = { auth: ['type', 'name'], tls: ['cert', 'key'] };

function isOpen(within: string, name: string): boolean {
  return Object.hasOwn(open, within) && (open[within]?.includes(name) ?? false);
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

/** Where the scalars at and below a node stand in the text. */
function collect(node: unknown, yaml: string, found: [from: number, to: number][]): void {
  if (isScalar(node)) {
    const text = typeof node.value === 'string' ? node.value : '';
    if (node.value === null || isReference(text) || !node.range) return;
    const from = node.range[0];
    // A block scalar's range takes in the line break behind it.
    const to = from + yaml.slice(from, node.range[1]).trimEnd().length;
    if (!found.some(([known]) => known === from)) found.push([from, to]);
  } else if (isMap(node)) {
    for (const pair of node.items) collect(pair.value, yaml, found);
  } else if (isSeq(node)) {
    for (const item of node.items) collect(item, yaml, found);
  }
}
