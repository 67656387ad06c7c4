/** Notifications of the desktop. */
import { BrowserWindow, Notification } from 'electron';

/** Kept while they are on screen: one that is collected no longer tells of a click. */
const shown = new Set<Notification>();

export function canNotify(): boolean {
  return Notification.isSupported();
}

/** Shows one; a click brings the window to the front first. False: the system has none. */
export function notify(title: string, body: string, onClick: () => void): boolean {
  if (!canNotify()) return false;
  const notification = new Notification({ title, body });
  const done = () => shown.delete(notification);
  notification.once('click', () => {
    done();
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.show();
    window?.focus();
    onClick();
  });
  notification.once('close', done);
  notification.once('failed', done);
  shown.add(notification);
  notification.show();
  return true;
}
