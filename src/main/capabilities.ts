/** What differs by door and is not a process; see also `processes/host.ts`. Nothing else asks "am I in Electron?". */
import type { CapabilitiesReport } from '#contract/api/app';
import { fail, ok, type Result } from '#contract/errors';
import type { KeyStore } from './secrets/secretStore.ts';

export interface Capabilities {
  /** What this door can really do, honestly. */
  report(): CapabilitiesReport;
  /** Opens a page in the system's browser; anything but http(s) is refused. */
  openExternal(url: string): Promise<Result<void>>;
  /** Shows a notification on the desktop; false: this door cannot, or the system does not let it. */
  notify(title: string, body: string, onClick: () => void): boolean;
  /** Keeps the machine awake until the returned function is called; does nothing where the door cannot. */
  preventSleep(): () => void;
  /** The system's key store; null where the door has none, or one that protects nothing. */
  keyStore(): KeyStore | null;
  /** Whether the page may have the microphone, where that is the door's to say; in a browser the operator is asked by the browser. */
  allowMicrophone(allowed: boolean): void;
  /** Asks for a folder with the system's dialog; null when it was cancelled, or where the door has no dialogs. */
  chooseFolder(): Promise<string | null>;
}

/**
 * The only check in front of every way to open something outside: an absolute http(s) URL without credentials.
 * Other schemes (file, javascript, smb, ms-…) start programs with the operator's rights.
 */
export function externalUrl(url: string): Result<string> {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    return fail(
      'refused',
      'url_refused',
      `Only http and https links are opened in a browser, not ${JSON.stringify(url)}.`,
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return fail('refused', 'url_refused', 'A link that carries a user name or password is not opened.');
  }
  return ok(parsed.href);
}
