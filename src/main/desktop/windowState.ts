/** Where the window was, kept beside the other data; a place on a screen that is gone is not used. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import { smallestWindow } from './windowOptions.ts';

const WindowState = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(smallestWindow.width),
  height: z.number().int().min(smallestWindow.height),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowState>;

/** Part of the window that must lie on some screen for its place to be used again, in pixels. */
const visible = 100;

/** The kept state, or null when there is none, it cannot be read, or it lies outside all `screens`. */
export function readWindowState(file: string, screens: Rectangle[]): WindowState | null {
  try {
    const state = WindowState.parse(JSON.parse(readFileSync(file, 'utf8')));
    const seen = screens.some(
      (screen) =>
        state.x + state.width >= screen.x + visible &&
        state.x <= screen.x + screen.width - visible &&
        state.y >= screen.y &&
        state.y <= screen.y + screen.height - visible,
    );
    return seen ? state : null;
  } catch {
    return null;
  }
}

/** Keeps the state. A disk that cannot be written costs the place of the window and nothing else. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(state));
  } catch {
    // Not worth a message.
  }
}
