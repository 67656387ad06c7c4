/** The process of the offline voice: speaks what it is asked for, one utterance at a time, and ends with its parent. */
import type { EventEmitter } from 'node:events';
import type { OfflineVoiceReply } from './messages.ts';

// WASI warns that it is experimental; what it is used for here is covered by tests.
process.removeAllListeners('warning');
const { OfflineVoiceRequest } = await import('./messages.ts');
const { speakWithFlite } = await import('./flite.ts');

interface ParentPort extends EventEmitter {
  postMessage(message: unknown): void;
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value;
}

async function answer(message: unknown): Promise<OfflineVoiceReply | null> {
  const request = OfflineVoiceRequest.safeParse(message);
  if (!request.success) return null;
  const { id, text, voice } = request.data;
  try {
    const samples = await speakWithFlite(text, voice);
    return { id, pcm: new Uint8Array(samples.slice().buffer) };
  } catch (thrown) {
    return { id, error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

let queue: Promise<void> = Promise.resolve();

function serve(message: unknown, reply: (message: OfflineVoiceReply) => void): void {
  queue = queue.then(async () => {
    const made = await answer(message);
    if (made) reply(made);
  });
}

const port: unknown = Reflect.get(process, 'parentPort');
if (isParentPort(port)) {
  // A utility process of Electron: messages come wrapped in an event.
  port.on('message', (event: { data: unknown }) => serve(event.data, (message) => port.postMessage(message)));
} else {
  process.on('message', (message) => serve(message, (made) => process.send?.(made)));
  process.on('disconnect', () => process.exit(0));
}
