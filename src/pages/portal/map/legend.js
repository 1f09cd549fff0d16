import { h } from '/portal/preact.js';

/** @import { Colour, Colours } from './picture.js' */

const TONES = /** @type {const} */ ([
  ['fresh', '1 hour'],
  ['today', '1 day'],
  ['week', '1 week'],
  ['stale', '1 month'],
  ['never', 'never'],
]);

/**
 * What the colours say.
 * @param {(list: HTMLElement | null) => void} ref
 */
export function legend(ref) {
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'Ages', ref },
    h('li', null, 'Seen'),
    TONES.map(([tone, text]) => h('li', { class: tone }, h('i', null), text)),
  );
}

/**
 * The colours of the legend.
 * @param {HTMLElement | null} legend
 * @returns {Colours}
 */
export function coloursOf(legend) {
  const of = (/** @type {string} */ tone) => {
    const swatch = legend?.querySelector(`.${tone} i`);
    const text = swatch == null ? '' : getComputedStyle(swatch).color;
    const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+/g) ?? []).map((each) => Number(each) / 255);
    return /** @type {Colour} */ ([red, green, blue]);
  };
  return {
    ...{ fresh: of('fresh'), today: of('today'), week: of('week') },
    ...{ stale: of('stale'), never: of('never') },
  };
}
