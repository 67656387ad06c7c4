/** The page's files under `app://crosstalk/`: no file:// and so no way from the page to the rest of the disk. */
import { protocol } from 'electron';
import { readPageFile } from '../page/files.ts';
import { securityHeaders } from '../page/headers.ts';
import { appScheme, isOwnUrl } from './origin.ts';

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers one request for a file of the page under `folder`, with the security headers whatever comes of it. */
export async function answerPageRequest(folder: string, request: Request): Promise<Response> {
  const refuse = (status: number) => new Response(null, { status, headers: securityHeaders });
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  const url = URL.parse(request.url);
  if (url === null || !isOwnUrl(request.url)) return refuse(403);
  const file = await readPageFile(folder, url.pathname);
  if (file === null) return refuse(404);
  const headers = { ...securityHeaders, 'Content-Type': file.type };
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(file.body), { status: 200, headers });
}

/** Serves the page from `folder`, once the app is ready. */
export function serveAppScheme(folder: string): void {
  protocol.handle(appScheme, (request) => answerPageRequest(folder, request));
}
