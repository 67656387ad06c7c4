/** TLS to a service, as to an agent: an address without a name sends no server name (RFC 6066 §3), and is checked all the same. */
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js';
import { OpeningSockets } from './openingSockets.ts';

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;

export class TlsCredentials extends ChannelCredentials {
  readonly #context: SecureContext;
  readonly #host: string;
  readonly #verify: boolean;

  /** `host` without brackets: the service's own, even behind a proxy. */
  constructor(context: SecureContext, host: string, verify: boolean) {
    super();
    this.#context = context;
    this.#host = host;
    this.#verify = verify;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    ...[, , given]: Parameters<ChannelCredentials['_createSecureConnector']>
  ): SecureConnector {
    const opening = new OpeningSockets();
    return {
      connect: async (socket) => {
        const secured = await opening.until(socket, this.#secure(socket));
        opening.handOver(secured.socket);
        return secured;
      },
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => given ?? CallCredentials.createEmpty(),
      destroy: () => opening.destroy(),
    };
  }

  #secure(socket: Socket): ReturnType<SecureConnector['connect']> {
    return new Promise((resolve, reject) => {
      const secured = connectTls(
        {
          socket,
          secureContext: this.#context,
          host: this.#host,
          servername: isIP(this.#host) ? '' : this.#host,
          rejectUnauthorized: this.#verify,
          ALPNProtocols: ['h2'],
        },
        () => resolve({ socket: secured, secure: true }),
      );
      secured.on('error', reject);
    });
  }
}
