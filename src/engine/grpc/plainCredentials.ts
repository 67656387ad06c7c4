/** No TLS. */
import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js';
import { OpeningSockets } from './openingSockets.ts';

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;

export class PlainCredentials extends ChannelCredentials {
  override _isSecure(): boolean {
    return false;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    ...[, , given]: Parameters<ChannelCredentials['_createSecureConnector']>
  ): SecureConnector {
    const opening = new OpeningSockets();
    return {
      connect: (socket) => {
        opening.handOver(socket);
        return Promise.resolve({ socket, secure: false });
      },
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => given ?? CallCredentials.createEmpty(),
      destroy: () => opening.destroy(),
    };
  }
}
