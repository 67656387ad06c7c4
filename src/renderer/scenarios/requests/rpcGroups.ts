/** Methods of gRPC services as they are offered: by service. Pure. */
import type { RpcMethod } from '#contract/api/services';

export const rpcTypeWords: Record<RpcMethod['type'], string> = {
  unary: 'unary',
  client_stream: 'client stream',
  server_stream: 'server stream',
  bidi: 'both stream',
};

/** `june.stt.SpeechToText/Recognize` → its two parts. A leading slash is none of them. */
export function partsOf(rpc: string): { service: string; method: string } {
  const [service = '', method = ''] = rpc.replace(/^\//, '').split('/');
  return { service, method };
}

export function byService(methods: readonly RpcMethod[]): { service: string; methods: RpcMethod[] }[] {
  const services = new Map<string, RpcMethod[]>();
  for (const method of methods) {
    const { service } = partsOf(method.rpc);
    services.set(service, [...(services.get(service) ?? []), method]);
  }
  return [...services].map(([service, own]) => ({ service, methods: own }));
}

export function findMethod(methods: readonly RpcMethod[], rpc: string): RpcMethod | null {
  const bare = rpc.trim().replace(/^\//, '');
  return methods.find((method) => method.rpc === bare) ?? null;
}
