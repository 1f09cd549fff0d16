import type { Costs } from './costs.ts';

/** Less than this many seconds is rounding. */
const EPSILON_S = 1e-7;

/** Stops that or-opt moves together at most. */
const SEGMENT = 3;

/**
 * Turns parts of a route around (2-opt) and moves short ones elsewhere (or-opt), in place, until neither makes it
 * shorter. Legs may take another time back than there.
 */
export function improveRoute(costs: Costs, route: number[]): void {
  while (turnPart(costs, route) || movePart(costs, route)) continue;
}

/** 2-opt: the first part whose turning helps. */
function turnPart({ width, s }: Costs, route: number[]): boolean {
  const end = width - 1;
  const count = route.length;
  for (let i = 0; i < count - 1; i++) {
    const before = i === 0 ? end : (route[i - 1] ?? end);
    const first = route[i] ?? end;
    let there = 0;
    let back = 0;
    for (let j = i + 1; j < count; j++) {
      const previous = route[j - 1] ?? end;
      const last = route[j] ?? end;
      const after = j + 1 < count ? (route[j + 1] ?? end) : end;
      there += s[previous * width + last] ?? 0;
      back += s[last * width + previous] ?? 0;
      const was = (s[before * width + first] ?? 0) + there + (s[last * width + after] ?? 0);
      const would = (s[before * width + last] ?? 0) + back + (s[first * width + after] ?? 0);
      if (would < was - EPSILON_S) {
        for (let a = i, b = j; a < b; a++, b--) {
          const kept = route[a] ?? end;
          route[a] = route[b] ?? end;
          route[b] = kept;
        }
        return true;
      }
    }
  }
  return false;
}

/** Or-opt: the first short part that lies better elsewhere, either way round. */
function movePart({ width, s }: Costs, route: number[]): boolean {
  const end = width - 1;
  const at = (index: number) => route[index] ?? end;
  for (let length = 1; length <= Math.min(SEGMENT, route.length - 1); length++) {
    for (let i = 0; i + length <= route.length; i++) {
      const head = at(i);
      const tail = at(i + length - 1);
      const before = at(i - 1);
      const after = at(i + length);
      let turned = 0;
      for (let k = i; k < i + length - 1; k++) {
        turned += (s[at(k + 1) * width + at(k)] ?? 0) - (s[at(k) * width + at(k + 1)] ?? 0);
      }
      const saved =
        (s[before * width + head] ?? 0) + (s[tail * width + after] ?? 0) - (s[before * width + after] ?? 0);
      if (saved <= EPSILON_S) continue;
      // Between which stops: those of the rest, in its order.
      for (let j = -1; j < route.length; j++) {
        if (j >= i - 1 && j < i + length) continue;
        const left = at(j);
        const right = at(j + 1);
        const gap = s[left * width + right] ?? 0;
        const ahead = (s[left * width + head] ?? 0) + (s[tail * width + right] ?? 0) - gap;
        const around = (s[left * width + tail] ?? 0) + (s[head * width + right] ?? 0) - gap + turned;
        if (Math.min(ahead, around) >= saved - EPSILON_S) continue;
        const part = route.splice(i, length);
        if (around < ahead) part.reverse();
        route.splice(j < i ? j + 1 : j + 1 - length, 0, ...part);
        return true;
      }
    }
  }
  return false;
}
