/** The address of a target: whether a call can be placed to it at all. */
import { failed, passed, type Fact, type Finding } from './steps.ts';

/** Where a URL leads. `host` is without the brackets of an IPv6 address. */
export interface Destination {
  url: URL;
  host: string;
  port: number;
  secure: boolean;
}

/** Reads the address; null when it is none a call can be placed to. */
export function readUrl(text: string): Destination | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if ((url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.hostname === '' || url.hash !== '')
    return null;
  const secure = url.protocol === 'wss:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { url, host: url.hostname.replace(/^\[|\]$/g, ''), port, secure };
}

/** What there is to say of an address. `shown` is the address as it may be shown; `proxy` the one on the way, without credentials. */
export function urlFinding(text: string, shown: string, proxy: string | null): Finding {
  const facts: Fact[] = [{ name: 'address', value: shown }];
  if (proxy !== null) facts.push({ name: 'proxy', value: proxy });
  const destination = readUrl(text);
  if (destination !== null) {
    const { host, port, secure } = destination;
    const through = proxy === null ? '' : `, through the proxy ${proxy}`;
    return passed(`${host}, port ${port}${secure ? ', TLS' : ', no TLS'}${through}`, null, facts);
  }
  const advice = /^https?:/i.test(text)
    ? 'Write ws:// in place of http://, or wss:// in place of https://.'
    : 'Write it like wss://host/path or ws://host:port/path, without a #fragment.';
  return failed('not an address of a WebSocket', advice, facts);
}
