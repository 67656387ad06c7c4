/** A thread of the engine: says hello, then does what the coordinator says. */
import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../messages.ts';
import { EngineWorker } from './worker.ts';

const port = parentPort;
if (!port) throw new Error('The engine worker runs as a worker thread only');

const send = (message: FromWorker, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);
const worker = new EngineWorker(send);

port.on('message', (message: ToWorker) => {
  try {
    worker.receive(message);
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    send({
      type: message.type === 'prepare' ? 'boot_error' : 'crashed',
      message: known.message,
      detail: known.stack ?? '',
    });
  }
});
send({ type: 'hello' });
