/** What no page may do, whatever gets into it: leave its origin, open windows, embed web views, be given permissions. */
import type { App, Session, WebContents } from 'electron';
import { externalUrl } from '../capabilities.ts';
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

/** The one thing the page may do beyond showing itself: put text it was asked to copy on the clipboard. */
const granted = 'clipboard-sanitized-write';

/** Refuses every permission but that one of our own page, asked for or checked, and every device, capture and download. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(permission === granted && details.isMainFrame && isOwnUrl(details.requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) => permission === granted && isOwnUrl(requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('will-download', (event) => event.preventDefault());
}
