/** Filling in what is known when a run starts, in every text of a request. */
import { fillTemplate } from '#contract/scenario/placeholders';
import type { PlaceholderValues } from '../../environments/values.ts';

/** Fills `${env:…}` and `${secret:…}` in templates; `${name}` and `$${` stay for each iteration. */
export class TemplateFiller {
  /** What has no value, a sentence each. */
  readonly missing = new Set<string>();
  readonly #values: PlaceholderValues;

  constructor(values: PlaceholderValues) {
    this.#values = values;
  }

  text(template: string): string {
    return fillTemplate(template, ({ text }) => this.#values.fill(text, this.missing));
  }

  texts(templates: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(templates).map(([key, text]) => [key, this.text(text)]));
  }

  /** Every text in a value, however deep; keys stay as they are. */
  value<T>(value: T): T;
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((entry) => this.value<unknown>(entry));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.value<unknown>(entry)]));
  }

  /** A row of data: no template, so what is filled in stands as it is. */
  row(value: Record<string, unknown>): Record<string, unknown> {
    const fill = (entry: unknown): unknown => {
      if (typeof entry === 'string') return this.#values.fill(entry, this.missing);
      if (Array.isArray(entry)) return entry.map(fill);
      if (typeof entry !== 'object' || entry === null) return entry;
      return Object.fromEntries(Object.entries(entry).map(([key, one]) => [key, fill(one)]));
    };
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry)]));
  }
}
