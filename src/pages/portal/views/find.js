import { h } from '/portal/preact.js';
import { limitOf, linkTo, question, showMore, usualOf } from '../address.js';
import { KINDS, MAX_LS, PADS, WITHIN } from '../parts/form.js';
import { around, count, spelled } from '../parts/format.js';
import { commodityHistory } from '../parts/history.js';
import { answer, card, credits, stationName, table, tonnes, wayAndAge } from '../parts/parts.js';

/**
 * @import { Params } from '../pages.js'
 * @import { Good, List, Near, Prices, Quote, Spread, Station, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Column } from '../parts/parts.js'
 *
 * @typedef {Station & Quote & Near} Offer
 */

/** What is asked for most, to be chosen with one click. */
const USUAL_GOODS = [
  'Tritium',
  'Gold',
  'Silver',
  'Palladium',
  'Platinum',
  'Painite',
  'Bertrandite',
  'Indite',
  'Agronomic Treatment',
];

const SIDES = /** @type {const} */ ([
  {
    title: 'Buy here',
    offering: 'sellers',
    side: 'supply',
    columns: (/** @type {number} */ nowMs) => columnsOf('buyPrice', 'stock', 'stockLevel', nowMs),
  },
  {
    title: 'Sell here',
    offering: 'buyers',
    side: 'demand',
    columns: (/** @type {number} */ nowMs) => columnsOf('sellPrice', 'demand', 'demandLevel', nowMs),
  },
]);

/** @param {Showing} showing */
export function page({ asker, params, form, nowMs, systems }) {
  /** @type {Told<{ entries: Good[] }>} */
  const goods = asker.ask('goods', question('/commodities'), 600);
  const known = goods.value?.entries ?? [];
  return [
    h('h1', { tabIndex: -1 }, params.commodity === '' ? 'Find a good' : `Find ${params.commodity}`),
    h(
      'form',
      { class: 'card filters', role: 'search' },
      h(
        'div',
        { class: 'fields' },
        form.text('commodity', 'Good', {
          suggestions: known.map(({ name }) => name),
          placeholder: 'Tritium',
        }),
        form.near(systems),
        form.select('within', 'Within', WITHIN),
        form.radios('minPad', 'Landing pad', PADS),
        form.select('sort', 'First', [
          ['price', 'Best price'],
          ['distance', 'Nearest'],
          ['age', 'Freshest'],
        ]),
        h('button', { class: 'primary' }, 'Search'),
      ),
      form.more(
        ['maxAge', 'maxLs', 'minUnits', 'planetary', 'carriers'],
        usualOf('find'),
        form.age('maxAge', 'Seen within', ['1h', '6h', '1d', '3d', '7d', '30d', '365d']),
        form.select('maxLs', 'From the star at most', MAX_LS),
        form.text('minUnits', 'Tonnes at least', { isNumber: true }),
        form.select('planetary', 'On planets', KINDS),
        form.select('carriers', 'Fleet carriers', KINDS),
      ),
    ),
    params.commodity === '' ? chooseGood(known, params) : offers(),
  ];

  function offers() {
    const {
      commodity = '',
      near = '',
      within = '',
      maxAge = '',
      minPad = '',
      maxLs = '',
      minUnits = '',
    } = params;
    const { planetary = '', carriers = '', sort = '', show = '' } = params;
    const search = { near, within, minPad, maxLs, planetary, carriers, maxAge };
    // Without a place there is no distance.
    const order = near === '' && sort === 'distance' ? 'price' : sort;
    const path = `/commodities/${encodeURIComponent(commodity)}`;
    /** @type {Told<Prices>} */
    const prices = asker.ask('prices', question(path, search), 30);
    const list = (/** @type {typeof SIDES[number]} */ { offering, side, title, columns }) => {
      /** @type {Told<List<Offer>>} */
      const told = asker.ask(
        offering,
        question(`${path}/${offering}`, { ...search, minUnits, sort: order, limit: limitOf(show) }),
        15,
      );
      return card(
        title,
        h('span', { class: 'quiet' }, summary(prices.value?.[side])),
        answer(told, ({ entries, total }) => {
          const more = showMore(show, total);
          return [
            h(
              'p',
              { class: 'quiet', role: 'status' },
              total === 0
                ? `There are no ${offering}, as far as is known. Widen the search.`
                : `${count(entries.length)} of ${count(total)} ${offering}`,
            ),
            total > 0 && table(`${title}: ${offering} of ${commodity}`, columns(nowMs), [{ rows: entries }]),
            more !== null &&
              h('a', { class: 'further', href: linkTo('find', { ...params, show: more }) }, 'Show more'),
          ];
        }),
      );
    };
    const lists = SIDES.map(list);
    // One answer says what is wrong with the question; the same again would be noise.
    if (prices.refusal !== null && prices.value === null) {
      return answer(
        prices,
        () => null,
        (systemId) => linkTo('find', { ...params, near: systemId }),
      );
    }
    const where = around(near, within);
    return [
      h('p', { class: 'quiet' }, `Markets ${where}, seen within ${spelled(maxAge)}.`),
      h('div', { class: 'columns even' }, lists),
      commodityHistory(asker, commodity),
    ];
  }
}

/** @param {Spread | null | undefined} spread */
function summary(spread) {
  if (spread === undefined || spread === null) return '';
  return `${count(spread.min)} to ${count(spread.max)} cr, median ${count(spread.median)}`;
}

/**
 * @param {'buyPrice' | 'sellPrice'} price
 * @param {'stock' | 'demand'} units
 * @param {'stockLevel' | 'demandLevel'} level
 * @param {number} nowMs
 * @returns {Column<Offer>[]}
 */
function columnsOf(price, units, level, nowMs) {
  return [
    { title: 'Station', cell: stationName },
    {
      title: 'Price',
      isNumber: true,
      cell: (offer) => [
        h('span', { class: 'over' }, credits(offer[price])),
        h('span', { class: 'under' }, tonnes(offer[units], offer[level])),
      ],
    },
    ...wayAndAge(nowMs),
  ];
}

/**
 * @param {readonly Good[]} known
 * @param {Params} params
 */
function chooseGood(known, params) {
  const names = new Set(known.map(({ name }) => name));
  const usual = USUAL_GOODS.filter((name) => names.has(name));
  return card(
    'Which good?',
    null,
    h(
      'ul',
      { class: 'chips' },
      usual.map((commodity) =>
        h('li', null, h('a', { href: linkTo('find', { ...params, commodity }) }, commodity)),
      ),
    ),
    h('p', { class: 'quiet' }, `Or type any of the ${count(known.length)} goods above.`),
  );
}
