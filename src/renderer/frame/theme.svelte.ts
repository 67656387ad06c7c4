import type { Settings } from '#contract/api/settings';

export type ThemeChoice = Settings['theme'];

const rememberedAs = 'crosstalk.theme';

function remembered(): ThemeChoice {
  const text = localStorage.getItem(rememberedAs);
  return text === 'dark' || text === 'light' ? text : 'system';
}

/** Dark or light: as the system says, or pinned. What was chosen last is applied before the settings have arrived. */
class Theme {
  readonly #systemIsLight = window.matchMedia('(prefers-color-scheme: light)');
  #choice: ThemeChoice = $state(remembered());
  #system: 'dark' | 'light' = $state(this.#systemIsLight.matches ? 'light' : 'dark');

  constructor() {
    this.#systemIsLight.addEventListener('change', (event) => {
      this.#system = event.matches ? 'light' : 'dark';
      this.#apply();
    });
    this.#apply();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** What is on screen now. */
  get shown(): 'dark' | 'light' {
    return this.#choice === 'system' ? this.#system : this.#choice;
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    localStorage.setItem(rememberedAs, choice);
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset.theme = this.shown;
  }
}

export const theme = new Theme();
