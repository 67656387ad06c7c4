import type { RunNews } from '#contract/api/notifications';
import { api } from '../api/index.ts';
import { place } from '../navigation/place.svelte.ts';

export type PagePermission = 'unavailable' | NotificationPermission;

/** Whether the operator looks at this very run already. */
function isLookedAt(runId: string): boolean {
  const { route } = place;
  return document.hasFocus() && route.screen === 'run' && route.id === runId;
}

function show(runId: string): void {
  window.focus();
  place.go({ screen: 'run', id: runId, tab: 'overview' });
}

/** Notifications that the page shows itself, where the door cannot: in a browser, as far as the operator lets it. */
class PageNotifications {
  #permission: PagePermission = $state('unavailable');

  constructor() {
    this.#look();
  }

  get permission(): PagePermission {
    return this.#permission;
  }

  /** Listens for what is to be told. Returns how to stop. */
  listen(): () => void {
    const leave = [
      api.notifications.on('news', (news) => this.#tell(news)),
      api.notifications.on('open', ({ runId }) => show(runId)),
    ];
    return () => {
      for (const end of leave) end();
    };
  }

  /** Asks the operator, who must just have clicked. */
  async ask(): Promise<void> {
    if (typeof Notification === 'undefined') return;
    await Notification.requestPermission();
    this.#look();
  }

  #look(): void {
    this.#permission = typeof Notification === 'undefined' ? 'unavailable' : Notification.permission;
  }

  #tell({ runId, title, body, shown }: RunNews): void {
    this.#look();
    if (shown || this.#permission !== 'granted' || isLookedAt(runId)) return;
    // Of several pages that are open the system shows one of a tag.
    const notification = new Notification(title, { body, tag: `crosstalk-run-${runId}` });
    notification.addEventListener('click', () => {
      notification.close();
      show(runId);
    });
  }
}

export const pageNotifications = new PageNotifications();
