/** Where an Azure Speech resource is reached, and how the SDK must be told. */
import { fail, ok, type Result } from '#contract/errors';

/** One of the SDK's ways to name an address: each forms its URLs differently. */
export type Address =
  | { by: 'region'; region: string }
  /** A custom domain without a path (the SDK asks it for its region's address), or a full address that is used as it is. */
  | { by: 'endpoint'; url: URL }
  /** A host that serves the standard paths itself: a regional host, a container, a proxy. */
  | { by: 'host'; url: URL };

export interface Place {
  /** As a message names it, like `eastus` or `contoso.cognitiveservices.azure.com`. */
  name: string;
  /** Where speech is asked for. */
  speech: Address;
  /** Where the list of voices is asked for. */
  list: Address;
}

const socketPath = '/cognitiveservices/websocket/v1';

/** A region as Azure spells it: `East US` and `EastUS` are `eastus`. Error: `invalid_region`. */
export function regionOf(written: string): Result<string> {
  const region = written.replaceAll(/\s+/g, '').toLowerCase();
  // It becomes a part of a host name: anything else could send the key to another host.
  if (/^[a-z][a-z0-9-]{1,40}$/.test(region)) return ok(region);
  return fail(
    'invalid_input',
    'invalid_region',
    `${JSON.stringify(written.slice(0, 60))} is no Azure region; write it like eastus or westeurope.`,
  );
}

function onThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** An endpoint that a key may be sent to. Error: `invalid_endpoint`. */
export function endpointOf(written: string): Result<URL> {
  const refuse = (why: string) => fail('invalid_input', 'invalid_endpoint', why);
  const url = URL.parse(written.trim());
  if (url === null || !/^(?:https?|wss?):$/.test(url.protocol)) {
    return refuse(
      "The endpoint is not a URL; copy it from the resource's page, like https://contoso.cognitiveservices.azure.com/.",
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return refuse(
      'The endpoint must have no user name, no password and nothing after ? or #; leave those out.',
    );
  }
  if (/^(?:http|ws):$/.test(url.protocol) && !onThisMachine(url.hostname)) {
    return refuse(
      `The endpoint must start with https:// or wss://, because the key would travel readable to ${url.hostname}.`,
    );
  }
  return ok(url);
}

function withScheme(url: URL, kind: 'http' | 'ws'): URL {
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  return new URL(`${kind}${secure ? 's' : ''}:${url.href.slice(url.protocol.length)}`);
}

function withPath(url: URL, path: string): URL {
  const changed = new URL(url);
  changed.pathname = path;
  return changed;
}

/** Where a resource is, by its region. */
export function placeOfRegion(region: string): Place {
  const address: Address = { by: 'region', region };
  return { name: region, speech: address, list: address };
}

/** Where a resource is, by its endpoint: a custom domain, a regional host, a container, or a full address. */
export function placeOfEndpoint(endpoint: URL): Place {
  const name = endpoint.host;
  const web = withScheme(endpoint, 'http');
  const path = endpoint.pathname.replace(/\/+$/, '');
  // The address of tokens is what older portal pages call the endpoint; the custom domain's own socket path is what it has without one.
  if (path === '' || /^\/sts\//i.test(path) || path.toLowerCase() === `/tts${socketPath}`) {
    const bare = withPath(web, '/');
    // The SDK asks only port 443 of https for a custom domain's redirection.
    const address: Address =
      bare.protocol === 'https:' && bare.port === ''
        ? { by: 'endpoint', url: bare }
        : { by: 'host', url: bare };
    return { name, speech: address, list: address };
  }
  const speech: Address = { by: 'endpoint', url: withPath(withScheme(endpoint, 'ws'), path) };
  // The SDK puts the list's path behind whatever path an endpoint has.
  const before = path.toLowerCase().endsWith(socketPath) ? path.slice(0, -socketPath.length) : '';
  const list: Address =
    before === '' ? { by: 'host', url: withPath(web, '/') } : { by: 'endpoint', url: withPath(web, before) };
  return { name, speech, list };
}
