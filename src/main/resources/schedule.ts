/**
 * Does something now and then again at fixed moments, one after the other, until the signal ends it. What takes longer
 * than the pause leaves moments out; what fails is tried again at the next.
 */
export function every(pauseMs: number, signal: AbortSignal, act: () => Promise<void>): void {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });

  const next = () => {
    if (signal.aborted) return;
    const passed = Math.floor((performance.now() - start) / pauseMs) + 1;
    timer = setTimeout(run, start + passed * pauseMs - performance.now());
    // What is sampled beside a run keeps no program alive.
    timer.unref();
  };
  const run = () => {
    if (signal.aborted) return;
    void act()
      .catch(() => undefined)
      .then(next);
  };
  run();
}
