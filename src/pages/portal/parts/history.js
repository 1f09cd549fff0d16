import { h } from '/portal/preact.js';
import { question } from '../address.js';
import { Chart } from './chart.js';
import { count, decimal } from './format.js';
import { offeredBy } from './offered.js';
import { answer, card } from './parts.js';

/**
 * @import { Params } from '../pages.js'
 * @import { CommodityHistory, MarketHistory, PriceRange, Steadiness, Told } from '../answers.d.ts'
 * @import { Asker } from '../asker.js'
 * @import { Form } from './form.js'
 */

/** Changes that a chart can hold. */
const MOST = 1_000;
const EVERY_S = 60;

/**
 * What one good cost at a market; null where no history is kept.
 * @param {Asker} asker
 * @param {Params} params
 * @param {Form} form
 */
export function marketHistory(asker, { id = '', chart = '' }, form) {
  if (!isKept(asker)) return null;
  const path = `/markets/${encodeURIComponent(id)}/history`;
  /** @type {Told<MarketHistory>} */
  const all = asker.ask('history', question(path, { limit: 1 }), EVERY_S);
  if (all.isOld || all.value === null) return null;
  const goods = [...all.value.goods].sort((a, b) => b.changes - a.changes);
  const shown = goods.find(({ name }) => name === chart) ?? goods[0];
  if (shown === undefined) {
    return card('History', null, h('p', { class: 'quiet' }, 'No price of the last 30 days is recorded yet.'));
  }
  /** @type {Told<MarketHistory>} */
  const told = asker.ask(
    'history-good',
    question(path, { commodity: shown.commodityId, limit: MOST }),
    EVERY_S,
  );
  const names = goods.map(({ name }) => name).sort((a, b) => a.localeCompare(b));
  return card(
    'History',
    h('span', { class: 'quiet' }, 'the last 30 days'),
    h(
      'form',
      { class: 'filters plain' },
      h(
        'div',
        { class: 'fields' },
        form.select('chart', 'Prices of', [
          ['', `${goods[0]?.name ?? ''}, which changed most`],
          ...names.map(same),
        ]),
      ),
    ),
    answer(told, (value) => [
      h(Chart, {
        label: `${shown.name} since ${value.entries[0]?.observedAt.slice(0, 10)}`,
        of: value,
        data: () => linesOfMarket(value),
      }),
      steadiness(shown, `${count(shown.changes)} changes`),
      gaps(value),
    ]),
  );
}

/**
 * What a good cost in the galaxy; null where no history is kept.
 * @param {Asker} asker
 * @param {string} commodity
 */
export function commodityHistory(asker, commodity) {
  if (!isKept(asker)) return null;
  const path = `/commodities/${encodeURIComponent(commodity)}/history`;
  /** @type {Told<CommodityHistory>} */
  const told = asker.ask('commodity-history', question(path, { limit: MOST }), EVERY_S);
  const { value } = told;
  if (told.isOld || value === null || value.entries.length === 0) return null;
  return card(
    'History',
    h('span', { class: 'quiet' }, 'mean price in the galaxy by day'),
    h(Chart, {
      label: `Mean prices of ${value.commodity.name} by day`,
      of: value,
      data: () => linesOfCommodity(value),
    }),
    steadiness(value, ''),
    gaps(value),
  );
}

/** @param {Asker} asker */
function isKept(asker) {
  return offeredBy(asker).value?.offered.history === true;
}

/**
 * @param {string} name
 * @returns {[string, string]}
 */
function same(name) {
  return [name, name];
}

/** @param {MarketHistory} told */
function linesOfMarket({ entries, to }) {
  const times = entries.map(({ observedAt }) => Date.parse(observedAt) / 1000);
  const last = entries.at(-1);
  // The last price is valid still.
  const all = last === undefined ? entries : [...entries, last];
  return {
    isStepped: true,
    times: [...times, Date.parse(to) / 1000],
    lines: linesOf(
      all.map(({ buyPrice }) => buyPrice),
      all.map(({ sellPrice }) => sellPrice),
    ),
  };
}

/** @param {CommodityHistory} told */
function linesOfCommodity({ entries }) {
  const mean = (/** @type {PriceRange | null} */ range) => range?.mean ?? null;
  return {
    isStepped: false,
    times: entries.map(({ from }) => Date.parse(from) / 1000),
    lines: linesOf(
      entries.map(({ supply }) => mean(supply)),
      entries.map(({ demand }) => mean(demand)),
    ),
  };
}

/**
 * Only what has a price at all.
 * @param {(number | null)[]} buy
 * @param {(number | null)[]} sell
 */
function linesOf(buy, sell) {
  const lines = [
    { title: 'Buy', class: /** @type {const} */ ('buy'), values: buy },
    { title: 'Sell', class: /** @type {const} */ ('sell'), values: sell },
  ];
  return lines.filter(({ values }) => values.some((price) => price !== null));
}

/**
 * @param {{ supply: Steadiness | null, demand: Steadiness | null }} told
 * @param {string} before
 */
function steadiness({ supply, demand }, before) {
  const side = (/** @type {string} */ title, /** @type {Steadiness | null} */ of) =>
    of === null
      ? []
      : [`${title}: mean ${count(Math.round(of.mean))} cr, volatility ${decimal(100 * of.volatility)} %`];
  const parts = [before, ...side('buy', supply), ...side('sell', demand)].filter((part) => part !== '');
  return h('p', { class: 'quiet' }, parts.join(' · '));
}

/** @param {{ isWhole: boolean, gaps: readonly { day: string }[] }} told */
function gaps({ isWhole, gaps: days }) {
  if (isWhole) return null;
  const [first] = days;
  const which =
    first === undefined
      ? 'it begins later'
      : days.length === 1
        ? `${first.day} is not whole`
        : `${count(days.length)} days are not whole, ${first.day} the first`;
  return h('p', { class: 'quiet' }, `Not everything is known: ${which}.`);
}
