import type { AppInfo } from '#contract/api/app';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';
import { theme, type ThemeChoice } from '../frame/theme.svelte.ts';

/** What the application says of itself, and the operator's settings. */
class Application {
  #info: AppInfo | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);

  constructor() {
    api.settings.on('changed', (settings) => theme.choose(settings.theme));
    connection.onReturn(() => void this.load());
  }

  get info(): AppInfo | null {
    return this.#info;
  }

  get error(): AppError | null {
    return this.#error;
  }

  async load(): Promise<void> {
    const [info, settings] = await Promise.all([api.app.info(undefined), api.settings.get(undefined)]);
    if (info.ok) this.#info = info.value;
    this.#error = info.ok ? null : info.error;
    if (settings.ok) theme.choose(settings.value.theme);
  }

  /** Pins the theme or follows the system; shown at once, then kept by the application. */
  async chooseTheme(choice: ThemeChoice): Promise<void> {
    theme.choose(choice);
    const answer = await api.settings.update({ theme: choice });
    if (!answer.ok) messages.error(answer.error);
  }
}

export const application = new Application();
