/** Remote procedure calls of steps, compiled once. */
import type { PlanGrpc, PlanRpc } from '../requestPlan.ts';
import { jsonTemplate, textTemplate, type Values } from './templates.ts';

/** What of a call is filled in. */
export interface FilledCall {
  messages: unknown[];
  metadata: Record<string, string>;
  audio: PlanRpc['audio'];
}

/** Throws `UnsetVariable`. */
export type RpcFiller = (values: Values) => FilledCall;

export function rpcFiller(grpc: PlanGrpc, rpc: PlanRpc): RpcFiller {
  const first = jsonTemplate(rpc.message ?? {});
  // With audio there is a first message only where one is written.
  const written = rpc.message === null && (rpc.audio !== null || rpc.messages.length > 0) ? [] : [first];
  const messages = [...written, ...rpc.messages.map(jsonTemplate)];
  const metadata = new Map<string, ReturnType<typeof textTemplate>>();
  for (const entries of [grpc.metadata, rpc.metadata])
    for (const [name, value] of Object.entries(entries))
      metadata.set(name.toLowerCase(), textTemplate(value));
  const { audio } = rpc;
  const around = audio === null ? null : jsonTemplate(audio.message);
  return (values) => ({
    messages: messages.map((message) => message.fill(values)),
    metadata: Object.fromEntries([...metadata].map(([name, value]) => [name, value.fill(values)])),
    audio:
      audio === null || around === null || around.fixed ? audio : { ...audio, message: around.fill(values) },
  });
}
