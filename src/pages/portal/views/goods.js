import { h } from '/portal/preact.js';
import { linkTo, question } from '../address.js';
import { PADS, WITHIN } from '../parts/form.js';
import { around, count } from '../parts/format.js';
import { answer, card, credits, heard, stationName, table } from '../parts/parts.js';

/**
 * @import { Good, Station, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Column } from '../parts/parts.js'
 *
 * @typedef {Station & { readonly price: number, readonly units: number }} Best
 * @typedef {Good & { readonly spread: number, readonly seller: Best, readonly buyer: Best }} Spread
 */

/** Every good: what it costs where it is cheapest, and what is paid for it, around a place. @param {Showing} showing */
export function page({ asker, params, form, systems }) {
  const { near = '', within = '', minPad = '', sort = '' } = params;
  /** @type {Told<{ entries: Good[] }>} */
  const goods = asker.ask('goods', question('/commodities'), 600);
  /** @type {Told<{ entries: Spread[] }>} */
  const spreads = asker.ask('spreads', question('/spreads', { near, within, minPad }), 60);
  const where = around(near, within);
  return [
    h('h1', { tabIndex: -1 }, 'Goods'),
    h(
      'form',
      { class: 'card filters', role: 'search' },
      h(
        'div',
        { class: 'fields' },
        form.text('good', 'Good', { placeholder: 'all goods' }),
        form.near(systems),
        form.select('within', 'Within', WITHIN),
        form.radios('minPad', 'Landing pad', PADS),
        form.select('sort', 'First', [
          ['spread', 'Widest spread'],
          ['name', 'By category'],
        ]),
        h('button', { class: 'primary' }, 'Search'),
      ),
    ),
    answer(
      spreads,
      ({ entries }) => answer(goods, (all) => list(all.entries, entries)),
      (systemId) => linkTo('goods', { ...params, near: systemId }),
    ),
  ];

  /**
   * @param {readonly Good[]} all
   * @param {readonly Spread[]} traded
   */
  function list(all, traded) {
    const text = form.value('good').trim().toLowerCase();
    const byId = new Map(traded.map((each) => [each.commodityId, each]));
    const fits = all.filter(({ name, category }) => `${name} ${category}`.toLowerCase().includes(text));
    const rows = fits.map((good) => ({ ...good, traded: byId.get(good.commodityId) ?? null }));
    const isBySpread = sort === 'spread';
    if (isBySpread) rows.sort((a, b) => (b.traded?.spread ?? -Infinity) - (a.traded?.spread ?? -Infinity));
    const byCategory = Map.groupBy(rows, ({ category }) => (category === '' ? 'Category unknown' : category));
    const groups = isBySpread
      ? [{ rows }]
      : [...byCategory]
          .sort(([a], [b]) => a.localeCompare(b))
          .map(([title, each]) => ({ title, rows: each }));
    return card(
      'From the cheapest seller to the best buyer',
      null,
      h(
        'p',
        { class: 'quiet', role: 'status' },
        `${count(rows.length)} goods; ${count(rows.filter((row) => row.traded !== null).length)} are sold and bought ${where}, as seen within 7 days.`,
      ),
      rows.length > 0 && table(`Goods ${where}`, columnsOf(params), groups),
    );
  }
}

/**
 * @param {Showing['params']} params
 * @returns {Column<Good & { traded: Spread | null }>[]}
 */
function columnsOf({ near = '', within = '' }) {
  const best = (/** @type {Best | undefined} */ offer) =>
    offer === undefined
      ? [h('span', { class: 'unknown', 'aria-hidden': 'true' }, '–'), heard('nowhere')]
      : [
          h('span', { class: 'over' }, credits(offer.price)),
          h('span', { class: 'under place' }, stationName(offer)[0]),
        ];
  return [
    {
      title: 'Good',
      cell: ({ name, category, meanPrice }) => [
        h('a', { class: 'name', href: linkTo('commodity', { name, near, within }) }, name),
        h('span', { class: 'under' }, category, meanPrice === null ? '' : ` · mean ${count(meanPrice)} cr`),
      ],
    },
    { title: 'Cheapest', isNumber: true, cell: ({ traded }) => best(traded?.seller) },
    {
      title: 'Best paid',
      isNumber: true,
      cell: ({ traded }) => [best(traded?.buyer), h('span', { class: 'narrow' }, spreadOf(traded))],
    },
    { title: 'Spread', isNumber: true, isExtra: true, cell: ({ traded }) => spreadOf(traded) },
  ];
}

/** @param {Spread | null} traded */
function spreadOf(traded) {
  if (traded === null) return null;
  return h('strong', null, `${traded.spread > 0 ? '+' : ''}${count(traded.spread)}`);
}
