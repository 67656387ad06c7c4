/** Every action of the app by name, for the palette and the keyboard. Screens add theirs while they are open. */
import { untrack } from 'svelte';

export interface Command {
  id: string;
  title: string;
  group: 'Actions' | 'Go to' | 'Runs' | 'Scenarios' | 'Environments' | 'Workspaces' | 'This screen';
  /** Keys as shown, one per entry. */
  keys?: string[];
  /** Further words it is found by. */
  words?: string;
  run: () => void;
}

type Provider = () => Command[];

class Commands {
  #providers: Provider[] = $state.raw([]);
  #paletteOpen = $state(false);
  #primary: (() => void) | null = $state.raw(null);

  get list(): Command[] {
    return this.#providers.flatMap((provide) => provide());
  }

  get paletteOpen(): boolean {
    return this.#paletteOpen;
  }

  openPalette(): void {
    this.#paletteOpen = true;
  }

  closePalette(): void {
    this.#paletteOpen = false;
  }

  /** Adds commands while a screen is open. Returns how to take them back. */
  provide(provider: Provider): () => void {
    this.#providers = [...untrack(() => this.#providers), provider];
    return () => {
      this.#providers = untrack(() => this.#providers).filter((p) => p !== provider);
    };
  }

  /** Whether the open screen has something of its own to run. */
  get hasPrimary(): boolean {
    return this.#primary !== null;
  }

  /** What Ctrl/Cmd-Enter runs while a screen is open. Returns how to take it back. */
  setPrimary(run: () => void): () => void {
    this.#primary = run;
    return () => {
      if (untrack(() => this.#primary) === run) this.#primary = null;
    };
  }

  /** Runs the open screen's scenario; false when it has none. */
  runPrimary(): boolean {
    if (!this.#primary) return false;
    this.#primary();
    return true;
  }
}

export const commands = new Commands();
