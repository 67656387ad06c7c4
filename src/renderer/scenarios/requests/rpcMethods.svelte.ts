import { SvelteMap } from 'svelte/reactivity';
import type { RpcMethod } from '#contract/api/services';
import type { AppError } from '#contract/errors';
import { api } from '../../api/index.ts';

/** What is known of the services of one users entry. */
interface Known {
  loading: boolean;
  methods: readonly RpcMethod[];
  error: AppError | null;
}

const nothing: Known = { loading: false, methods: [], error: null };

/** The methods of gRPC services that were loaded, for each users entry of one scenario. */
export class RpcMethods {
  #known = new SvelteMap<number, Known>();

  of(user: number): Known {
    return this.#known.get(user) ?? nothing;
  }

  /** Asks for them: of the .proto files, or of the target itself. What was known stays when that fails. */
  async load(user: number, path: string, text: string): Promise<void> {
    const before = this.of(user);
    if (before.loading) return;
    this.#known.set(user, { ...before, loading: true });
    const answer = await api.services.methods({ path, text, user });
    this.#known.set(
      user,
      answer.ok
        ? { loading: false, methods: answer.value, error: null }
        : { loading: false, methods: before.methods, error: answer.error },
    );
  }
}
