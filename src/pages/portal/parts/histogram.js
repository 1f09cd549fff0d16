import { h } from '/portal/preact.js';
import { age, count } from './format.js';
import { heard } from './parts.js';

/** @import { Histogram } from '../answers.d.ts' */

/**
 * Markets by age, a bar each; those that nobody has seen stand apart.
 * @param {Histogram} told
 * @param {string} note
 */
export function histogram({ ages, neverSeen, total }, note) {
  const bars = [
    ...ages.map(({ fromS, toS, markets }) => ({
      markets,
      class:
        toS === null
          ? 'stale'
          : toS <= 3_600
            ? 'fresh'
            : toS <= 86_400
              ? 'today'
              : toS <= 604_800
                ? 'week'
                : 'stale',
      label: toS === null ? 'older' : [h('span', { class: 'most' }, '≤ '), age(toS)],
      said:
        toS === null
          ? `older than ${age(fromS)}`
          : fromS === 0
            ? `up to ${age(toS)}`
            : `${age(fromS)} to ${age(toS)}`,
    })),
    { markets: neverSeen, class: 'never', label: 'never', said: 'never seen' },
  ];
  const most = Math.max(...bars.map(({ markets }) => markets), 1);
  return [
    h(
      'ol',
      { class: 'histogram' },
      bars.map((bar) =>
        h(
          'li',
          { class: bar.class, title: `${bar.said}: ${count(bar.markets)}` },
          heard(`${bar.said}: `),
          h('span', { class: 'count' }, count(bar.markets)),
          h('span', { class: 'bar', style: { '--part': String(bar.markets / most) }, 'aria-hidden': 'true' }),
          h('span', { class: 'label', 'aria-hidden': 'true' }, bar.label),
        ),
      ),
    ),
    h('p', { class: 'quiet' }, `${count(total)} markets. ${note}`),
  ];
}
