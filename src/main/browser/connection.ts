/** One page's WebSocket: calls in, answers and events out, as JSON text. */
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { fail } from '#contract/errors';
import type { Dispatch } from '../api/dispatch.ts';
import { droppableEvents } from '../api/droppable.ts';

const CallMessage = z.object({ id: z.number().int(), channel: z.string(), input: z.unknown().optional() });

/** With more than this waiting, ticks are dropped: the page catches up from what is stored. */
const busyBytes = 1 << 20;
/** With more than this waiting, the page is not reading any more. */
const stuckBytes = 32 << 20;
const callsAtOnce = 64;
const closeTryAgain = 1013;
const closeUnreadable = 1007;

/** Serves one accepted socket until it closes. Returns how to send it an event, already as text. */
export function serveConnection(
  socket: WebSocket,
  dispatch: Dispatch,
): (channel: string, text: string) => void {
  let running = 0;

  function send(text: string): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > stuckBytes) {
      socket.close(closeTryAgain, 'The page does not read');
      socket.terminate();
      return;
    }
    socket.send(text);
  }

  async function answer(data: string): Promise<void> {
    const message = readCall(data);
    if (message === null) {
      socket.close(closeUnreadable, 'Not a call');
      return;
    }
    running += 1;
    if (running >= callsAtOnce) socket.pause();
    const result = await dispatch(message.channel, message.input);
    send(formatAnswer(message.id, result));
    running -= 1;
    if (socket.isPaused && running < callsAtOnce) socket.resume();
  }

  socket.on('message', (data, isBinary) => {
    if (isBinary) socket.close(closeUnreadable, 'Not a call');
    else void answer(textOf(data));
  });
  socket.on('error', () => socket.terminate());

  return (channel, text) => {
    if (droppableEvents.has(channel) && socket.bufferedAmount > busyBytes) return;
    send(text);
  };
}

/** An event as it travels. */
export function formatEvent(channel: string, payload: unknown): string {
  return JSON.stringify({ event: channel, payload });
}

function formatAnswer(id: number, result: unknown): string {
  try {
    return JSON.stringify({ id, result });
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return JSON.stringify({
      id,
      result: fail('internal', 'unsendable', 'The answer could not be sent to the page.', { detail }),
    });
  }
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

function readCall(text: string): z.infer<typeof CallMessage> | null {
  try {
    return CallMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
