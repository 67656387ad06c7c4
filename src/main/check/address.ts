/** The address of a target: whether a call can be placed to it, or a request made, at all. */
import type { TargetProtocol } from '#contract/scenario/environment';
import type { PlanTarget } from '#engine/plan';
import { failed, passed, type Fact, type Finding } from './steps.ts';

/** Where a URL leads. `host` is without the brackets of an IPv6 address. */
export interface Destination {
  url: URL;
  host: string;
  port: number;
  secure: boolean;
}

interface Words {
  plain: string;
  secure: string;
  /** What it is no address of. */
  of: string;
  example: string;
}

const words: Record<TargetProtocol, Words> = {
  acs: { plain: 'ws:', secure: 'wss:', of: 'a WebSocket', example: 'wss://host/path or ws://host:port/path' },
  http: {
    plain: 'http:',
    secure: 'https:',
    of: 'an HTTP service',
    example: 'https://host/path or http://host:port/path',
  },
  grpc: {
    plain: 'grpc:',
    secure: 'grpcs:',
    of: 'a gRPC service',
    example: 'grpcs://host or grpc://host:port',
  },
};

/** The scheme without TLS of what speaks a protocol. */
export function plainScheme(protocol: TargetProtocol): string {
  return `${words[protocol].plain}//`;
}

/** Reads the address; null when it is none of the protocol. */
export function readUrl(text: string, protocol: TargetProtocol): Destination | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const { plain, secure: overTls } = words[protocol];
  if ((url.protocol !== plain && url.protocol !== overTls) || url.hostname === '' || url.hash !== '')
    return null;
  const secure = url.protocol === overTls;
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { url, host: url.hostname.replace(/^\[|\]$/g, ''), port, secure };
}

/** What there is to say of an address. `shown` is the address as it may be shown; `proxy` the one on the way, without credentials. */
export function urlFinding(
  { url: text, shownUrl: shown, protocol }: Pick<PlanTarget, 'url' | 'shownUrl' | 'protocol'>,
  proxy: string | null,
): Finding {
  const facts: Fact[] = [{ name: 'address', value: shown }];
  if (proxy !== null) facts.push({ name: 'proxy', value: proxy });
  const destination = readUrl(text, protocol);
  if (destination !== null) {
    const { host, port, secure } = destination;
    const through = proxy === null ? '' : `, through the proxy ${proxy}`;
    return passed(`${host}, port ${port}${secure ? ', TLS' : ', no TLS'}${through}`, null, facts);
  }
  const { of, example } = words[protocol];
  const advice =
    protocol === 'acs' && /^https?:/i.test(text)
      ? 'Write ws:// in place of http://, or wss:// in place of https://.'
      : `Write it like ${example}, without a #fragment.`;
  return failed(`not an address of ${of}`, advice, facts);
}
