/** The end of the desktop door, whichever way it is asked for: the window's cross, the menu, the system. */
import { app } from 'electron';

const endsWithinMs = 15_000;

/**
 * Quits when the window is closed. Electron closes the window before it says `will-quit`, so the page can ask about
 * unsaved changes first, and a window that stays cancels the quit. Only then is `close` called: the application ends once
 * it is done, or after 15 s. `onProblem` is told where `close` fails.
 */
export function endWith(close: () => Promise<void>, onProblem: (thrown: unknown) => void): void {
  let closing = false;
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    const late = new Promise((resolve) => setTimeout(resolve, endsWithinMs));
    void Promise.race([close(), late])
      .catch(onProblem)
      .finally(() => app.exit(0));
  });
}
