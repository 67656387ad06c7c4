/** The environment a scenario names, put in its place: from then on everything in it is checked and overridden as if it stood there. */
import { isAlias, isMap, isScalar, type Document } from 'yaml';
import type { ScenarioProblem } from '#contract/api/scenarios';
import type { ValueProblem } from '#contract/scenario/explain';
import { practiceEnvironment } from '#contract/scenario/environment';
import {
  findEnvironment,
  type EnvironmentPlaces,
  type ResolvedEnvironment,
} from '../environments/resolve.ts';
import type { ScenarioSource } from './source.ts';

/** The name a scenario's environment is; null for one in place, for `practice`, and for what is no name. */
function nameIn(document: Document): string | null {
  if (!isMap(document.contents)) return null;
  const node: unknown = document.get('environment', true);
  const scalar = isAlias(node) ? node.resolve(document) : node;
  if (!isScalar(scalar) || typeof scalar.value !== 'string') return null;
  const name = scalar.value.trim();
  return name === '' || name === practiceEnvironment ? null : name;
}

/** Keeps an eye on the environment of a scenario's document while it is overridden. */
export class NamedEnvironment {
  readonly #source: ScenarioSource;
  readonly #places: EnvironmentPlaces;
  #placed: { environment: ResolvedEnvironment; node: unknown } | null = null;
  #problem: { name: string; problems: ScenarioProblem[] | ValueProblem } | null = null;

  constructor(source: ScenarioSource, places: EnvironmentPlaces) {
    this.#source = source;
    this.#places = places;
  }

  /** Puts what is named in its place; to be called again after the document was changed. */
  async place(): Promise<void> {
    const { document } = this.#source;
    const name = nameIn(document);
    if (name === null) {
      this.#problem = null;
      return;
    }
    if (this.#problem?.name === name) return;
    const found = await findEnvironment(name, this.#places);
    if ('unknown' in found) {
      this.#problem = { name, problems: { path: ['environment'], message: found.unknown } };
    } else if ('problems' in found) {
      this.#problem = { name, problems: found.problems };
    } else {
      const environment = found.found;
      const node = document.createNode(environment.written, { aliasDuplicateObjects: false });
      node.commentBefore = ` The environment ${JSON.stringify(name)}, as it was when the run began.`;
      document.set('environment', node);
      this.#placed = { environment, node };
      this.#problem = null;
    }
  }

  /** The environment that stands there now; null when it was written in place, or is the practice agent. */
  get current(): ResolvedEnvironment | null {
    const { document } = this.#source;
    const node: unknown = isMap(document.contents) ? document.get('environment', true) : null;
    return this.#placed !== null && node === this.#placed.node ? this.#placed.environment : null;
  }

  /** Why the name that stands there leads nowhere; null when all is well. */
  get problem(): ScenarioProblem[] | ValueProblem | null {
    return this.#problem?.problems ?? null;
  }
}
