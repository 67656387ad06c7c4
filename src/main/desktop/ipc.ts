/** The only file that touches `ipcMain`: who sends is checked before what is sent. */
import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { fail, type Result } from '#contract/errors';
import { isCallChannel, type Dispatch } from '../api/dispatch.ts';
import { droppableEvents } from '../api/droppable.ts';
import { isOwnUrl } from './origin.ts';

/** Must match `src/preload/index.ts`, which cannot import from here. */
export const callChannel = 'crosstalk:call';
export const eventChannel = 'crosstalk:event';
export const seenChannel = 'crosstalk:seen';

/**
 * Events a page may have before it that it has not taken in. Electron itself would keep any number for a page that hangs.
 * Beyond the first bound progress is left out; beyond the second the page is as good as gone and must be loaded again.
 */
const unseen = { progress: 8, anything: 1000 };

/** Whether a message comes from the page itself: the top frame, of our own origin. */
function isOwnPage({ sender, senderFrame }: IpcMainInvokeEvent | IpcMainEvent): boolean {
  if (senderFrame?.parent !== null) return false;
  return senderFrame === sender.mainFrame && isOwnUrl(senderFrame.url);
}

/** Lets the page call the application. Order: sender, name, then (in `dispatch`) the input, then the handler. */
export function registerCalls(dispatch: Dispatch): void {
  ipcMain.handle(callChannel, async (event, channel: unknown, input: unknown): Promise<Result<unknown>> => {
    if (!isOwnPage(event))
      return fail('refused', 'foreign_sender', 'Only the window of Crosstalk itself may use it.');
    if (!isCallChannel(channel)) {
      return fail('refused', 'unknown_call', 'The application does not know this call; reload the window.');
    }
    return dispatch(channel, input);
  });
}

/**
 * How to tell a page of events, as far as it takes them in: it says of each that it has, and when it is loaded anew that
 * it knows of none before. Returns its own end beside it.
 */
export function eventsTo(contents: WebContents): {
  send: (channel: string, payload: unknown) => void;
  end: () => void;
} {
  let sent = 0;
  let seen = 0;
  const onSeen = (event: IpcMainEvent, number: unknown) => {
    if (event.sender !== contents || !isOwnPage(event)) return;
    if (number === null) seen = sent;
    else if (typeof number === 'number' && number <= sent) seen = Math.max(seen, number);
  };
  ipcMain.on(seenChannel, onSeen);
  return {
    send(channel, payload) {
      const bound = droppableEvents.has(channel) ? unseen.progress : unseen.anything;
      if (sent - seen >= bound || contents.isDestroyed() || !isOwnUrl(contents.getURL())) return;
      sent += 1;
      contents.send(eventChannel, channel, payload, sent);
    },
    end: () => ipcMain.off(seenChannel, onSeen),
  };
}
