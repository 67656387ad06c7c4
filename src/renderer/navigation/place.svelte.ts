import { formatRoute, parseRoute, type Route } from './routes.ts';

/** Where the operator is, kept in the URL hash. */
class Place {
  #route: Route = $state.raw(parseRoute(location.hash));

  constructor() {
    window.addEventListener('hashchange', () => {
      this.#route = parseRoute(location.hash);
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
}

export const place = new Place();
