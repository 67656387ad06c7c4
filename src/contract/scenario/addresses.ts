/** Addresses and headers as an environment has them: placeholders stand in them until run time. */
import { z } from 'zod';
import { maskUrl } from '../secrets.ts';

/** An address of one of some schemes; `${env:…}` and `${secret:…}` stand in it until run time. */
function address(schemes: readonly string[], example: string) {
  const words = schemes.map((scheme) => `${scheme}://`);
  const allowed = [words.slice(0, -1).join(', '), ...words.slice(-1)]
    .filter((word) => word !== '')
    .join(' or ');
  return z.string().superRefine((written, ctx) => {
    if (written.startsWith('${')) return;
    const shown = JSON.stringify(maskUrl(written));
    const value = written.replaceAll(/\$\{[^}]*\}/g, 'x');
    const wrong = (message: string) => ctx.addIssue({ code: 'custom', message: `${shown} ${message}` });
    if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+([/?#]\S*)?$/i.test(value))
      wrong(`is not a URL; write it like ${example}`);
    else if (!schemes.some((scheme) => value.toLowerCase().startsWith(`${scheme}:`)))
      wrong(`must start with ${allowed}`);
    else if (value.includes('#')) wrong('must not have a # part: addresses of services have none');
  });
}

export const WebSocketUrl = address(['ws', 'wss'], 'wss://host/path');
/** Of an agent or of a service. */
export const TargetUrl = address(['ws', 'wss', 'http', 'https', 'grpc', 'grpcs'], 'wss://host/path');
export const HttpUrl = address(['http', 'https'], 'https://host/health');
/** An HTTP proxy that is asked to CONNECT; user and password may stand in its address. */
export const ProxyUrl = address(['http', 'https'], 'http://proxy:3128');

export const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
export const HeaderName = z.string().regex(headerName, 'is not a header name');
export const Headers = z.record(HeaderName, z.string());
