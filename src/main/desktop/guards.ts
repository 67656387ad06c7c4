/** What no page may do, whatever gets into it: leave its origin, open windows, embed web views, be given permissions. */
import type { App, Session, WebContents } from 'electron';
import { externalUrl } from '../capabilities.ts';
import { microphone } from './microphone.ts';
import { isOwnUrl } from './origin.ts';

type OpenExternal = (url: string) => Promise<unknown>;

/** Keeps one page where it is. Links to other sites go to the system's browser, if they are http(s). */
export function guardContents(contents: WebContents, openExternal: OpenExternal): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    // The page has no frames of its own, so a frame is not the page's doing.
    if (!event.isMainFrame || !isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('did-start-navigation', (event) => {
    // A page that is loaded anew has no recorder open.
    if (event.isMainFrame && !event.isSameDocument) microphone.allowed = false;
  });
  contents.on('render-process-gone', () => {
    microphone.allowed = false;
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (externalUrl(url).ok) void openExternal(url);
    return { action: 'deny' };
  });
}

/** Guards every page that will ever be created, before it can load anything. */
export function guardApp(app: App, openExternal: OpenExternal): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, openExternal));
}

/** What the page may always do beyond showing itself: put text it was asked to copy on the clipboard. */
const granted = 'clipboard-sanitized-write';

/** Whether a URL stands for something our own page holds in its memory. */
function isOwnFile(url: string): boolean {
  return url.startsWith('blob:') && isOwnUrl(url.slice('blob:'.length));
}

/** Whether every kind of media that is wanted is sound, and the recorder is open. */
function mayHear(kinds: readonly unknown[]): boolean {
  return microphone.allowed && kinds.length > 0 && kinds.every((kind) => kind === 'audio');
}

/**
 * Refuses every permission, asked for or checked, and every device, capture and download. Our own page alone may copy
 * text, save what it made itself, and have the microphone (never a camera) while its recorder is open.
 */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const own = details.isMainFrame && isOwnUrl(details.requestingUrl);
    const kinds = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    answer(own && (permission === granted || (permission === 'media' && mayHear(kinds))));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    if (!isOwnUrl(requestingOrigin)) return false;
    return (
      permission === granted ||
      (permission === 'media' && details.isMainFrame && mayHear([details.mediaType]))
    );
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('will-download', (event, item) => {
    // Only what the page itself has put together, a recorded call say; where it goes is asked of the operator.
    if (!isOwnFile(item.getURL())) event.preventDefault();
  });
}
