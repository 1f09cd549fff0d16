import type { Costs } from './costs.ts';

/** Whoever is through first flies to the open stop that is nearest to him. What players do without a plan. */
export function nearestNeighbour(costs: readonly Costs[], stops: readonly number[]): number[][] {
  const open = new Set(stops);
  const routes = costs.map((): number[] => []);
  const seconds = costs.map(() => 0);
  while (open.size > 0) {
    let best = { commander: -1, stop: -1, at: Infinity };
    for (const [commander, { width, s }] of costs.entries()) {
      const from = routes[commander]?.at(-1) ?? width - 1;
      for (const stop of open) {
        const at = (seconds[commander] ?? 0) + (s[from * width + stop] ?? Infinity);
        if (at < best.at) best = { commander, stop, at };
      }
    }
    routes[best.commander]?.push(best.stop);
    seconds[best.commander] = best.at;
    open.delete(best.stop);
  }
  return routes;
}
