/** The only file that touches `ipcMain`: who sends is checked before what is sent. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { fail, type Result } from '#contract/errors';
import { isCallChannel, type Dispatch } from '../api/dispatch.ts';
import { isOwnUrl } from './origin.ts';

/** Must match `src/preload/index.ts`, which cannot import from here. */
export const callChannel = 'crosstalk:call';
export const eventChannel = 'crosstalk:event';

/** Whether a message comes from the page itself: the top frame, of our own origin. */
function isOwnPage({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
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

/** Tells a page of an event, if it still shows our own page. */
export function sendEvent(contents: WebContents, channel: string, payload: unknown): void {
  if (contents.isDestroyed() || !isOwnUrl(contents.getURL())) return;
  contents.send(eventChannel, channel, payload);
}
