import { h } from '/portal/preact.js';
import { linkTo, question } from '../address.js';
import { PADS, WITHIN } from '../parts/form.js';
import { around, count, spelled } from '../parts/format.js';
import { commodityHistory } from '../parts/history.js';
import { answer, card, credits, stationName, table, tonnes, wayAndAge } from '../parts/parts.js';
import { priceRange } from '../parts/price-range.js';

/**
 * @import { List, Near, Prices, Quote, Station, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 *
 * @typedef {Station & Quote & Near} Offer
 */

const MOST = 5;

/** One good: its prices, where they are best, and what they were. @param {Showing} showing */
export function page({ asker, params, form, nowMs, systems }) {
  const { name = '', near = '', within = '', minPad = '', maxAge = '' } = params;
  const search = { near, within, minPad, maxAge };
  const path = `/commodities/${encodeURIComponent(name)}`;
  /** @type {Told<Prices>} */
  const told = asker.ask('commodity', question(path, search), 30);
  const { value } = told;
  const where = around(near, within);
  return [
    h('h1', { tabIndex: -1 }, value?.name ?? name),
    value !== null &&
      h(
        'p',
        { class: 'where' },
        value.category,
        value.meanPrice === null ? '' : ` · galactic mean ${count(value.meanPrice)} cr`,
      ),
    h(
      'form',
      { class: 'card filters', role: 'search' },
      h(
        'div',
        { class: 'fields' },
        form.near(systems),
        form.select('within', 'Within', WITHIN),
        form.radios('minPad', 'Landing pad', PADS),
        form.age('maxAge', 'Seen within', ['1h', '1d', '7d', '30d', '365d']),
        h('button', { class: 'primary' }, 'Search'),
      ),
    ),
    answer(
      told,
      (prices) => [
        card(
          'Prices',
          h('span', { class: 'quiet' }, `${where}, seen within ${spelled(maxAge)}`),
          priceRange(prices),
          h(
            'ul',
            { class: 'chips' },
            [
              ['Find it', linkTo('find', { commodity: prices.name, near, within, minPad, maxAge })],
              [
                'Where it is sold, on the map',
                linkTo('map', { commodity: prices.name, near: near === '' ? 'Sol' : near }),
              ],
              [
                'Where it is bought, on the map',
                linkTo('map', { commodity: prices.name, side: 'demand', near: near === '' ? 'Sol' : near }),
              ],
            ].map(([title, href]) => h('li', null, h('a', { href }, title))),
          ),
        ),
        h('div', { class: 'columns even' }, best('sellers', 'Cheapest'), best('buyers', 'Best paid')),
        commodityHistory(asker, prices.name),
      ],
      (systemId) => linkTo('commodity', { ...params, near: systemId }),
    ),
  ];

  /**
   * @param {'sellers' | 'buyers'} side
   * @param {string} title
   */
  function best(side, title) {
    /** @type {Told<List<Offer>>} */
    const offers = asker.ask(side, question(`${path}/${side}`, { ...search, limit: MOST }), 30);
    const price = (/** @type {Offer} */ offer) =>
      side === 'sellers'
        ? { title: offer.buyPrice, units: tonnes(offer.stock, offer.stockLevel) }
        : { title: offer.sellPrice, units: tonnes(offer.demand, offer.demandLevel) };
    return card(
      title,
      null,
      answer(offers, ({ entries, total }) => [
        h(
          'p',
          { class: 'quiet' },
          total === 0 ? 'Nobody, as far as is known.' : `${count(total)} ${side} ${where}`,
        ),
        total > 0 &&
          table(
            `${title}: ${side} of ${name}`,
            [
              { title: 'Station', cell: stationName },
              {
                title: 'Price',
                isNumber: true,
                cell: (offer) => [
                  h('span', { class: 'over' }, credits(price(offer).title)),
                  h('span', { class: 'under' }, price(offer).units),
                ],
              },
              ...wayAndAge(nowMs),
            ],
            [{ rows: entries }],
          ),
      ]),
    );
  }
}
