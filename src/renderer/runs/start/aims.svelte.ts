/** Which environment each scenario is aimed at instead of its own, as chosen beside its Run button; until the page is closed. */

const rememberedAs = 'crosstalk.aims';

function remembered(): Record<string, string> {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(rememberedAs) ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
  } catch {
    return {};
  }
}

class Aims {
  #aims = $state.raw(remembered());

  /** The environment chosen for the scenario at a path; null: its own. */
  of(path: string): string | null {
    return this.#aims[path] ?? null;
  }

  choose(path: string, environment: string | null): void {
    const others = Object.entries(this.#aims).filter(([known]) => known !== path);
    this.#aims = Object.fromEntries(environment === null ? others : [...others, [path, environment]]);
    sessionStorage.setItem(rememberedAs, JSON.stringify(this.#aims));
  }
}

export const aims = new Aims();
