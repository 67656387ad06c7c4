import { api } from '../api/index.ts';
import { OpenEnvironment } from './openEnvironment.svelte.ts';
import { environmentList } from './environmentList.svelte.ts';

/** How the place of an environment begins that has no file yet; no environment is named so. */
const newPrefix = 'new:';

function emptyText(name: string): string {
  return `version: 1\nname: ${name}\nurl: ""\n`;
}

/**
 * The environments that are open, by the name of their place. One with unsaved changes stays open when the operator goes
 * elsewhere; closing or reloading the page asks first.
 */
class OpenEnvironments {
  #open: ReadonlyMap<string, OpenEnvironment> = $state.raw(new Map());
  #created = 0;
  #folder: string | null = null;

  constructor() {
    api.environments.on('changed', () => {
      for (const environment of this.#open.values()) void environment.follow();
    });
    api.workspace.on('changed', ({ path }) => this.#moveTo(path));
    void api.workspace.get(undefined).then((answer) => {
      if (answer.ok) this.#folder ??= answer.value.path;
    });
    window.addEventListener('beforeunload', (event) => {
      if (this.hasUnsaved) event.preventDefault();
    });
  }

  get(place: string): OpenEnvironment | null {
    return this.#open.get(place) ?? null;
  }

  /** Places of those that were never saved, the newest last. */
  get fresh(): string[] {
    return [...this.#open.keys()].filter(isNew);
  }

  isUnsaved(place: string): boolean {
    return this.#open.get(place)?.dirty === true;
  }

  get hasUnsaved(): boolean {
    return [...this.#open.values()].some((environment) => environment.dirty);
  }

  /** Opens the environment of a place, and closes those that are no longer looked at and have nothing unsaved. */
  show(place: string): void {
    const stay = [...this.#open].filter(([key, open]) => key === place || open.dirty);
    if (isNew(place) || stay.some(([key]) => key === place)) {
      if (stay.length < this.#open.size) this.#open = new Map(stay);
      return;
    }
    const opened = new OpenEnvironment({ name: place });
    void opened.load();
    this.#open = new Map([...stay, [place, opened]]);
  }

  /** Begins an environment; the place it is at until it is saved. */
  create(text?: string): string {
    this.#created += 1;
    const place = `${newPrefix}${this.#created}`;
    const opened = new OpenEnvironment(
      text === undefined ? { text: emptyText(this.#freeName()), blank: true } : { text },
    );
    this.#open = new Map([...this.#open, [place, opened]]);
    return place;
  }

  /** Told when one was saved under another name than that of its place: it moves there. */
  moved(place: string, name: string): void {
    if (place === name) return;
    this.#open = new Map([...this.#open].map(([key, open]) => [key === place ? name : key, open]));
  }

  /** Forgets one with everything that was written in it. */
  close(place: string): void {
    this.#open = new Map([...this.#open].filter(([key]) => key !== place));
  }

  #freeName(): string {
    const taken = new Set([
      ...environmentList.entries.map(({ name }) => name.toLowerCase()),
      ...[...this.#open.values()].map(({ writtenName }) => writtenName.toLowerCase()),
    ]);
    for (let i = 1; ; i++) {
      const name = i === 1 ? 'environment' : `environment ${i}`;
      if (!taken.has(name)) return name;
    }
  }

  /** What was written for the other workspace and not saved has no file in this one; the rest is closed. */
  #moveTo(folder: string): void {
    const moved = this.#folder !== null && this.#folder !== folder;
    this.#folder = folder;
    if (!moved) return;
    const unsaved = [...this.#open].filter(([, open]) => open.dirty);
    for (const [, open] of unsaved) open.uproot();
    this.#open = new Map(
      unsaved.map(([key, open]) => {
        if (isNew(key)) return [key, open];
        this.#created += 1;
        return [`${newPrefix}${this.#created}`, open];
      }),
    );
  }
}

/** Whether a place is that of an environment without a file. */
export function isNew(place: string): boolean {
  return place.startsWith(newPrefix);
}

export const openEnvironments = new OpenEnvironments();
