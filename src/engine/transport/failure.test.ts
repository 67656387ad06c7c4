import { expect, test } from 'vitest';
import { errorFailure } from './failure.ts';

test('a certificate that is not trusted is told with what to do, not with options of Node', () => {
  const error = Object.assign(
    new Error('self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca'),
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  ); // prettier-ignore
  expect(errorFailure(error)).toEqual({
    kind: 'tls',
    message: 'TLS failed: the certificate is signed by itself; give it as tls.ca of the target',
  });
});
