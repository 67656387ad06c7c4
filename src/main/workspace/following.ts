/**
 * Handlers that are always those of the present: whoever holds them keeps them while what is behind them is replaced,
 * as when another workspace is chosen. Each call is answered by what `current` gives at that moment.
 */
export function following<H extends object>(current: () => H): H {
  return new Proxy(current(), {
    get(_first, key) {
      const value: unknown = Reflect.get(current(), key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const now = current();
        const handler: unknown = Reflect.get(now, key);
        if (typeof handler !== 'function') throw new Error(`There is no handler ${String(key)} any more`);
        return Reflect.apply(handler, now, args);
      };
    },
  });
}
