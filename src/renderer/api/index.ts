/** The application as the screens see it: `window.crosstalk` in the desktop door, one WebSocket in a browser. */
import { createClient } from '#contract/api/client';
import type { ApiClient } from '#contract/api/index';
import { messages } from '../frame/messages.svelte.ts';
import { connection } from './connection.svelte.ts';
import { openWebSocket, SocketDoor } from './socketDoor.ts';

declare global {
  interface Window {
    /** Put there by the preload of the desktop door. */
    crosstalk?: ApiClient;
  }
}

async function refusesThisPage(): Promise<boolean> {
  try {
    const answer = await fetch('/', { method: 'HEAD', cache: 'no-store', redirect: 'manual' });
    return answer.status === 401 || answer.status === 403;
  } catch {
    return false;
  }
}

function openSocketDoor(): ApiClient {
  const door = new SocketDoor({
    open: (events) => openWebSocket(`${location.origin.replace(/^http/, 'ws')}/api`, events),
    isExpired: refusesThisPage,
    onState: (state) => connection.changed(state),
    onUnreadable: (text) =>
      messages.error({
        kind: 'internal',
        code: 'unreadable_message',
        message:
          'Crosstalk sent a message this page cannot read. Reload the page; it may be older than the program.',
        detail: text.slice(0, 2000),
      }),
  });
  connection.retry = () => door.retryNow();
  return createClient(door);
}

function openDesktopDoor(client: ApiClient): ApiClient {
  connection.changed('open');
  return client;
}

/** Every call and event of the application. */
export const api: ApiClient = window.crosstalk ? openDesktopDoor(window.crosstalk) : openSocketDoor();
