import { h } from '/portal/preact.js';
import { count } from './format.js';

/** @import { Prices } from '../answers.d.ts' */

const SIDES = /** @type {const} */ ([
  ['supply', 'Buy', 'buy'],
  ['demand', 'Sell', 'sell'],
]);

/**
 * How prices are spread, both sides on one scale: all, the middle eighty of a hundred, half of them, the median.
 * @param {Prices} prices
 */
export function priceRange(prices) {
  const sides = SIDES.flatMap(([side, title, tone]) => {
    const spread = prices[side];
    return spread === null ? [] : [{ title, tone, spread }];
  });
  if (sides.length === 0) return h('p', { class: 'quiet' }, 'Nobody trades it, as far as is known.');
  const low = Math.min(...sides.map(({ spread }) => spread.p10));
  const high = Math.max(...sides.map(({ spread }) => spread.p90));
  const margin = Math.max(1, (high - low) * 0.08);
  const at = (/** @type {number} */ price) =>
    Math.min(100, Math.max(0, (100 * (price - low + margin)) / (high - low + 2 * margin)));
  return h(
    'div',
    { class: 'ranges' },
    sides.map(({ title, tone, spread }) => [
      h('h3', null, title),
      h(
        'svg',
        { class: `range ${tone}`, viewBox: '0 0 100 20', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        bar('all', at(spread.min), at(spread.max), 9, 2),
        bar('most', at(spread.p10), at(spread.p90), 6, 8),
        bar('half', at(spread.p25), at(spread.p75), 3, 14),
        bar('median', at(spread.median) - 0.25, at(spread.median) + 0.25, 0, 20),
      ),
      h(
        'dl',
        { class: 'figures' },
        [
          ['Median', `${count(spread.median)} cr`],
          ['Half of them', `${count(spread.p25)} to ${count(spread.p75)} cr`],
          ['All', `${count(spread.min)} to ${count(spread.max)} cr`],
          ['Markets', count(spread.markets)],
          [tone === 'buy' ? 'In stock' : 'Wanted', `${count(spread.tonnes)} t`],
        ].map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))),
      ),
    ]),
  );
}

/**
 * @param {string} name
 * @param {number} from
 * @param {number} to
 * @param {number} y
 * @param {number} height
 */
function bar(name, from, to, y, height) {
  return h('rect', { class: name, x: from, y, width: Math.max(0.2, to - from), height });
}
