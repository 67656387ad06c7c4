/** The Speech SDK, loaded when it is first needed: it takes a fifth of a second, and most programs never speak to Azure. */
import type * as sdk from 'microsoft-cognitiveservices-speech-sdk';
import type { Address } from './place.ts';

export type SpeechSdk = typeof sdk;

/** What a resource is asked with. `token`: as it is sent after the word Bearer. */
export type Credential = { key: string } | { token: string };

let loading: Promise<SpeechSdk> | undefined;
let forgetHeaders = (): void => {};

/** The SDK. Throws where it cannot be loaded. */
export function loadSdk(): Promise<SpeechSdk> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SpeechSdk> {
  const [sdk, sockets, rest] = await Promise.all([
    import('microsoft-cognitiveservices-speech-sdk'),
    import('microsoft-cognitiveservices-speech-sdk/distrib/lib/src/common.browser/WebsocketMessageAdapter.js'),
    import('microsoft-cognitiveservices-speech-sdk/distrib/lib/src/common.browser/RestConfigBase.js'),
  ]);
  // Node's own WebSocket, which the SDK prefers, cannot send headers and does not tell why it was refused.
  sockets.WebsocketMessageAdapter.forceNpmWebSocket = true;
  forgetHeaders = () => {
    rest.RestConfigBase.requestOptions.headers = { Accept: 'application/json' };
  };
  return sdk;
}

/** How the SDK is told where and by whom. */
export function configOf(sdk: SpeechSdk, address: Address, credential: Credential): sdk.SpeechConfig {
  // One set of headers serves every list that is ever asked for: a key of before would be sent along with a token.
  forgetHeaders();
  const config = addressed(sdk, address, credential);
  config.speechSynthesisOutputFormat = sdk.SpeechSynthesisOutputFormat.Raw16Khz16BitMonoPcm;
  return config;
}

function addressed({ SpeechConfig }: SpeechSdk, address: Address, credential: Credential): sdk.SpeechConfig {
  if ('key' in credential) {
    if (address.by === 'region') return SpeechConfig.fromSubscription(credential.key, address.region);
    if (address.by === 'host') return SpeechConfig.fromHost(address.url, credential.key);
    return SpeechConfig.fromEndpoint(address.url, credential.key);
  }
  if (address.by === 'region') return SpeechConfig.fromAuthorizationToken(credential.token, address.region);
  const config =
    address.by === 'host' ? SpeechConfig.fromHost(address.url) : SpeechConfig.fromEndpoint(address.url);
  config.authorizationToken = credential.token;
  return config;
}
