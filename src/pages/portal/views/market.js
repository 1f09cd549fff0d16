import { h } from '/portal/preact.js';
import { linkTo, question } from '../address.js';

import { age, count, freshness, moment, VERDICTS } from '../parts/format.js';
import { marketHistory } from '../parts/history.js';
import { answer, card, credits, heard, oddPrices, table, tonnes, unknown } from '../parts/parts.js';

/**
 * @import { ComponentChildren } from 'preact'
 * @import { Params } from '../pages.js'
 * @import { Good, Market, Quote, Station, Told } from '../answers.d.ts'
 * @import { Form } from '../parts/form.js'
 * @import { Showing } from '../page.js'
 * @import { Column } from '../parts/parts.js'
 *
 * @typedef {Quote & Good} Row
 */

/** One market, whole. @param {Showing} showing */
export function page({ asker, params, form, nowMs }) {
  /** @type {Told<Market>} */
  const told = asker.ask('market', question(`/markets/${encodeURIComponent(params.id ?? '')}`), 10);
  return [
    h('h1', { tabIndex: -1 }, told.isOld ? 'Market' : (told.value?.name ?? 'Market')),
    answer(told, (value) => [
      h(
        'p',
        { class: 'where' },
        h('a', { href: linkTo('system', { id: value.systemId }) }, value.systemName),
        value.type === null ? '' : ` · ${value.type}`,
      ),
      verdict(value, nowMs),
      h('div', { class: 'columns market' }, prices(value, params, form), card('Station', null, facts(value))),
    ]),
    marketHistory(asker, params, form),
  ];
}

/**
 * @param {Market} value
 * @param {number} nowMs
 */
function verdict(value, nowMs) {
  const { marketObservedAt, rows } = value;
  const ageS = marketObservedAt === null ? null : Math.max(0, (nowMs - Date.parse(marketObservedAt)) / 1000);
  const verdictOf = freshness(ageS);
  return h(
    'p',
    { class: `verdict ${verdictOf}` },
    h('strong', null, VERDICTS[verdictOf]),
    ' ',
    ageS === null || marketObservedAt === null
      ? h('span', null, 'Nobody has sent this market yet.')
      : h(
          'span',
          null,
          'seen ',
          h('time', { dateTime: marketObservedAt }, `${age(ageS)} ago`),
          `, ${moment(marketObservedAt)}, ${count(rows.length)} goods`,
        ),
    oddPrices(value),
  );
}

/**
 * @param {Market} value
 * @param {Params} params
 * @param {Form} form
 */
function prices({ rows, systemName }, params, form) {
  const text = form.value('good').trim().toLowerCase();
  const shown = rows.filter(
    ({ name, category, buyPrice, sellPrice }) =>
      `${name} ${category}`.toLowerCase().includes(text) &&
      (params.side !== 'buy' || buyPrice !== null) &&
      (params.side !== 'sell' || sellPrice !== null),
  );
  const byCategory = Map.groupBy(shown, ({ category }) => (category === '' ? 'Category unknown' : category));
  const groups = [...byCategory]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([title, each]) => ({ title, rows: each }));
  return card(
    'Prices',
    null,
    rows.length > 0 &&
      h(
        'form',
        { class: 'filters plain', role: 'search' },
        h(
          'div',
          { class: 'fields' },
          form.text('good', 'Good', { placeholder: 'all goods' }),
          form.radios('side', 'To', [
            ['all', 'Both'],
            ['buy', 'Buy'],
            ['sell', 'Sell'],
          ]),
        ),
      ),
    h(
      'p',
      { class: 'quiet', role: 'status' },
      rows.length === 0 ? 'No prices are known.' : `${count(shown.length)} of ${count(rows.length)} goods`,
    ),
    shown.length > 0 && table('Prices of this market', columnsOf(systemName), groups),
  );
}

/**
 * @param {string} near
 * @returns {Column<Row>[]}
 */
function columnsOf(near) {
  return [
    {
      title: 'Good',
      cell: ({ name }) => h('a', { class: 'name', href: linkTo('commodity', { name, near }) }, name),
    },
    {
      title: 'Buy here',
      isNumber: true,
      cell: ({ buyPrice, stock, stockLevel }) => side(buyPrice, stock, stockLevel, 'not sold here'),
    },
    {
      title: 'Sell here',
      isNumber: true,
      cell: ({ sellPrice, demand, demandLevel }) => side(sellPrice, demand, demandLevel, 'not bought here'),
    },
    { title: 'Galactic mean', isNumber: true, isExtra: true, cell: ({ meanPrice }) => credits(meanPrice) },
  ];
}

/**
 * @param {number | null} price
 * @param {number | null} units
 * @param {number | null} level
 * @param {string} none
 */
function side(price, units, level, none) {
  if (price === null)
    return [h('span', { class: 'unknown', 'aria-hidden': 'true', title: none }, '–'), heard(none)];
  return [h('span', { class: 'over' }, credits(price)), h('span', { class: 'under' }, tonnes(units, level))];
}

const SERVICES = /** @type {Readonly<Record<string, string>>} */ ({
  market: 'Market',
  shipyard: 'Shipyard',
  outfitting: 'Outfitting',
  blackmarket: 'Black market',
  rearm: 'Rearm',
  refuel: 'Refuel',
  repair: 'Repair',
});
const PADS = { S: 'Small', M: 'Medium', L: 'Large' };

/** @param {Station} station */
function facts({ marketId, systemId, systemName, type, lsFromStar, maxPad, planetary, services, updatedAt }) {
  /** @type {readonly (readonly [string, ComponentChildren])[]} */
  const known = [
    ['Largest pad', maxPad === null ? unknown() : PADS[maxPad]],
    ['From the star', lsFromStar === null ? unknown() : `${count(lsFromStar)} ls`],
    ['On a planet', planetary === null ? unknown() : planetary ? 'yes' : 'no'],
    ['Type', type ?? unknown()],
    ['Market id', String(marketId)],
    ['Station last updated', updatedAt === null ? unknown() : moment(updatedAt)],
  ];
  const offered = /** @type {const} */ ([
    ['Services', true],
    ['Without', false],
    ['Unknown', null],
  ]).flatMap(([title, state]) => {
    const names = Object.entries(SERVICES).filter(([name]) => (services[name] ?? null) === state);
    return names.length === 0
      ? []
      : [/** @type {const} */ ([title, names.map(([, name]) => name).join(', ')])];
  });
  return [
    h(
      'dl',
      { class: 'facts' },
      [...known, ...offered].map(([title, value]) =>
        h('div', null, h('dt', null, title), h('dd', null, value)),
      ),
    ),
    h(
      'ul',
      { class: 'chips' },
      h('li', null, h('a', { href: linkTo('stale', { near: systemName }) }, 'Stale around here')),
      h(
        'li',
        null,
        h(
          'a',
          { href: linkTo('map', { near: systemName, span: '50', market: String(marketId) }) },
          'On the map',
        ),
      ),
      h('li', null, h('a', { href: linkTo('system', { id: systemId }) }, 'All of this system')),
    ),
  ];
}
