/** Metadata of calls: what goes along beside the messages. */
import { Metadata } from '@grpc/grpc-js';
import type { GrpcProblem } from './address.ts';

/** What HTTP/2 or gRPC itself writes (RFC 9113 §8.2.2). */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'host', 'http2-settings', 'te',
  'content-type', 'content-length', 'user-agent',
]); // prettier-ignore

/** Later ones win, over those of `base`. Values of `-bin` keys are base64. */
export function metadataOf(
  entries: readonly Record<string, string>[],
  base = new Metadata(),
): Metadata | GrpcProblem {
  const metadata = base.clone();
  for (const one of entries)
    for (const [name, value] of Object.entries(one)) {
      const key = name.toLowerCase();
      if (ownHeaders.has(key)) continue;
      try {
        metadata.set(key, key.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
      } catch {
        return {
          kind: 'metadata',
          message: `The metadata ${name} cannot be sent: it holds a character that gRPC does not allow.`,
        };
      }
    }
  return metadata;
}
