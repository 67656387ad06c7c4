import { formatRoute, parseRoute, type Route } from './routes.ts';

/** Whether the operator may go there now; one that says no asks, and goes there itself. */
type Guard = (to: Route) => boolean;

/** Where the operator is, kept in the URL hash. */
class Place {
  #route: Route = $state.raw(parseRoute(location.hash));
  #guard: Guard | null = null;

  constructor() {
    window.addEventListener('hashchange', () => {
      const to = parseRoute(location.hash);
      if (this.#guard && !this.#guard(to)) {
        history.replaceState(null, '', formatRoute(this.#route));
        return;
      }
      this.#route = to;
    });
  }

  get route(): Route {
    return this.#route;
  }

  /** Goes somewhere; Back returns. */
  go(route: Route): void {
    const hash = formatRoute(route);
    if (hash !== location.hash) location.hash = hash;
  }

  /** Changes the detail of the present place (a filter) without a step for Back. */
  adjust(route: Route): void {
    history.replaceState(null, '', formatRoute(route));
    this.#route = route;
  }

  /** Asks before the operator leaves. Returns how to stop asking. */
  guard(guard: Guard): () => void {
    this.#guard = guard;
    return () => {
      if (this.#guard === guard) this.#guard = null;
    };
  }
}

export const place = new Place();
