import { SvelteMap } from 'svelte/reactivity';
import type { RpcMethod } from '#contract/api/services';
import { formatPath, type ValuePath } from '#contract/scenario/shape';
import type { AppError } from '#contract/errors';
import { api } from '../../api/index.ts';
import type { YamlDocument } from '../../document/yamlDocument.svelte.ts';
import { rpcQuestion } from './rpcQuestion.ts';

/** What is known of the services of one users entry or stage. */
interface Known {
  loading: boolean;
  methods: readonly RpcMethod[];
  error: AppError | null;
}

const nothing: Known = { loading: false, methods: [], error: null };

/** The methods of gRPC services that were loaded, for each users entry and stage of one scenario, by where it stands. */
export class RpcMethods {
  #known = new SvelteMap<string, Known>();

  of(owner: ValuePath): Known {
    return this.#known.get(formatPath(owner)) ?? nothing;
  }

  /** Asks for them: of the .proto files, or of the target itself. What was known stays when that fails. */
  async load(owner: ValuePath, path: string, document: YamlDocument): Promise<void> {
    const key = formatPath(owner);
    const before = this.of(owner);
    if (before.loading) return;
    this.#known.set(key, { ...before, loading: true });
    const answer = await api.services.methods({
      path,
      ...rpcQuestion(document.text, document.lastValue, owner),
    });
    this.#known.set(
      key,
      answer.ok
        ? { loading: false, methods: answer.value, error: null }
        : { loading: false, methods: before.methods, error: answer.error },
    );
  }
}
