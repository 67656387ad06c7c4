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

  /** The same for what is no template, like rows of data and checks: what is filled in stands as it is. */
  plain<T>(value: T): T;
  plain(value: unknown): unknown {
    if (typeof value === 'string') return this.#values.fill(value, this.missing);
    if (Array.isArray(value)) return value.map((entry) => this.plain<unknown>(entry));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.plain<unknown>(entry)]));
  }
}
