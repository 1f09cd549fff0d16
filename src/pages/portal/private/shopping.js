import { h } from '/portal/preact.js';
import { linkTo } from '../address.js';
import { count, decimal } from '../parts/format.js';
import { ageOf, card, credits, stationName, table, unknown } from '../parts/parts.js';
import { progress } from './controls.js';

/**
 * @import { Showing } from '../page.js'
 * @import { Need, Seller, Shopping } from './told.d.ts'
 */

/** What is to be bought, with who sells it. @param {Showing} showing @param {Shopping} list */
export function shopping(showing, { entries, near }) {
  const open = entries.filter(({ remaining }) => remaining > 0);
  const done = entries.length - open.length;
  return card(
    'Shopping list',
    done === 0
      ? null
      : h('span', { class: 'quiet' }, `${count(done)} ${done === 1 ? 'good is' : 'goods are'} there whole`),
    near === null &&
      open.length > 0 &&
      h(
        'p',
        { class: 'refusal' },
        'Where the build is, the galaxy does not know: say a system, and you see who sells.',
      ),
    open.length === 0
      ? h('p', { class: 'quiet' }, 'Nothing is needed, as far as journals tell.')
      : table(
          'Shopping list',
          [
            { title: 'Good', cell: (need) => good(need, near) },
            { title: 'Still needed', isNumber: true, isExtra: true, cell: needed },
            { title: 'To buy', isNumber: true, cell: toBuy },
            { title: 'Sold at', cell: (need) => seller(need, showing) },
            { title: 'Price', isNumber: true, isExtra: true, cell: (need) => price(need, showing) },
          ],
          [{ rows: open }],
        ),
  );
}

/**
 * @param {Need} need
 * @param {string | null} near
 */
function good({ symbol, name, required, remaining }, near) {
  const shown = name ?? symbol;
  return [
    h('a', { class: 'name', href: linkTo('find', { commodity: shown, near: near ?? '' }) }, shown),
    progress(`${shown} delivered`, required - remaining, required),
  ];
}

/** @param {Need} need */
function needed({ remaining, required }) {
  return [
    h('span', { class: 'over' }, `${count(remaining)} t`),
    h('span', { class: 'under' }, `of ${count(required)} t`),
  ];
}

/** @param {Need} need */
function toBuy({ toBuy: tonnes, loads, onCarriers, aboard }) {
  const flights = loads?.toBuy ?? null;
  const onTheWay = onCarriers + aboard;
  return [
    h('span', { class: 'over' }, tonnes === 0 ? 'nothing' : `${count(tonnes)} t`),
    flights !== null &&
      tonnes > 0 &&
      h('span', { class: 'under' }, `${count(flights)} ${flights === 1 ? 'flight' : 'flights'}`),
    onTheWay > 0 && h('span', { class: 'under' }, `${count(onTheWay)} t on the way`),
  ];
}

/**
 * @param {Need} need
 * @param {Showing} showing
 * @returns {Seller | null}
 */
function chosen({ supply }, { params }) {
  if (params.by === 'cheapest') return supply?.cheapest ?? null;
  return (params.by === 'freshest' ? supply?.freshest : supply?.nearest) ?? null;
}

/**
 * @param {Need} need
 * @param {Showing} showing
 */
function seller(need, showing) {
  const found = chosen(need, showing);
  if (found === null) {
    if (need.toBuy === 0) return h('span', { class: 'quiet' }, 'on the way');
    return h('span', { class: 'unknown' }, need.supply === null ? 'unknown' : 'nobody found within reach');
  }
  const { distanceLy } = found;
  return [
    stationName(found),
    h('span', { class: 'narrow' }, credits(found.buyPrice), ' · ', stock(found)),
    h('span', { class: 'under' }, [
      distanceLy === null ? unknown('distance') : `${decimal(distanceLy)} ly`,
      ' · ',
      found.lsFromStar === null ? unknown('ls') : `${count(found.lsFromStar)} ls`,
      ' · seen ',
      ageOf(found.marketObservedAt, showing.nowMs),
    ]),
    (need.supply?.shortfall ?? 0) > 0 &&
      h('span', { class: 'under' }, `all sellers together lack ${count(need.supply?.shortfall ?? 0)} t`),
  ];
}

/**
 * @param {Need} need
 * @param {Showing} showing
 */
function price(need, showing) {
  const found = chosen(need, showing);
  if (found === null) return '–';
  return [h('span', { class: 'over' }, credits(found.buyPrice)), h('span', { class: 'under' }, stock(found))];
}

/** @param {Seller} seller */
function stock({ stock: tonnes }) {
  return tonnes === null ? unknown('stock') : `${count(tonnes)} t in stock`;
}
