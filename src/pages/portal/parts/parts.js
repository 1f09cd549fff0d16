import { h } from '/portal/preact.js';
import { linkTo } from '../address.js';
import { age, count, decimal, freshness, moment } from './format.js';

/**
 * @import { ComponentChildren, VNode } from 'preact'
 * @import { Candidate, Near, Refusal, Station, Told } from '../answers.d.ts'
 */

/** @param {string} text for those who hear the page */
export function heard(text) {
  return h('span', { class: 'heard' }, text);
}

/** @param {string} what */
export function unknown(what = '') {
  return h('span', { class: 'unknown' }, what === '' ? 'unknown' : `${what} unknown`);
}

/**
 * How long ago, with a dot in the colour of its freshness.
 * @param {string | null} at
 * @param {number} nowMs
 */
export function ageOf(at, nowMs) {
  if (at === null) return h('span', { class: 'age never' }, 'never seen');
  const ageS = Math.max(0, (nowMs - Date.parse(at)) / 1000);
  return h('time', { class: `age ${freshness(ageS)}`, dateTime: at, title: moment(at) }, age(ageS));
}

/**
 * How old its market is, if it has one.
 * @param {Station} station
 * @param {number} nowMs
 */
export function marketAge({ marketObservedAt, services }, nowMs) {
  const hasNone = marketObservedAt === null && services.market === false;
  return hasNone ? h('span', { class: 'unknown' }, 'no market') : ageOf(marketObservedAt, nowMs);
}

/** @param {Station} station */
export function stationName(station) {
  const { marketId, name, systemId, systemName, maxPad, type } = station;
  return [
    h('a', { href: linkTo('market', { id: String(marketId) }), class: 'name' }, name),
    // Not apart from the last word.
    '\u00a0',
    padOf(maxPad),
    oddPrices(station),
    h(
      'span',
      { class: 'under' },
      h('a', { href: linkTo('system', { id: systemId }) }, systemName),
      type === null ? '' : ` · ${type}`,
    ),
  ];
}

/** A mark for prices that no real market asks. @param {Station} station */
export function oddPrices({ plausible, priceRatio }) {
  if (plausible !== false) return null;
  const title = `Its prices are ${decimal(priceRatio ?? 0)} times what is usual: probably false`;
  return ['\u00a0', h('span', { class: 'odd', title }, 'odd prices')];
}

const LEVELS = ['none', 'low', 'medium', 'high'];

/** @param {number | null} price */
export function credits(price) {
  return price === null ? unknown() : `${count(price)} cr`;
}

/**
 * @param {number | null} units
 * @param {number | null} level
 */
export function tonnes(units, level) {
  if (units === null) return unknown();
  return `${count(units)} t${level === null || level === 0 ? '' : `, ${LEVELS[level]}`}`;
}

const PADS = { S: 'small', M: 'medium', L: 'large' };

/** @param {Station['maxPad']} pad */
function padOf(pad) {
  if (pad === null) return unknown('pad');
  return h('span', { class: 'pad', title: `${PADS[pad]} pad` }, heard('pad '), pad);
}

/**
 * The columns of a list that tell how far a station is and how old its market; one where there is little room.
 * @param {number} nowMs
 * @returns {Column<Station & Near>[]}
 */
export function wayAndAge(nowMs) {
  const seen = (/** @type {Station} */ { marketObservedAt }) => ageOf(marketObservedAt, nowMs);
  return [
    {
      title: 'Distance',
      isNumber: true,
      cell: (station) => [wayTo(station), h('span', { class: 'narrow' }, seen(station))],
    },
    { title: 'Seen', isNumber: true, isExtra: true, cell: seen },
  ];
}

/** @param {Station & Near} station */
function wayTo({ distanceLy, lsFromStar }) {
  return [
    distanceLy !== null && h('span', { class: 'over' }, `${decimal(distanceLy)} ly`),
    h(
      'span',
      { class: distanceLy === null ? 'over' : 'under' },
      lsFromStar === null ? unknown('ls') : `${count(lsFromStar)} ls`,
    ),
  ];
}

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: Row) => ComponentChildren} cell
 * @property {boolean} [isNumber]
 * @property {boolean} [isExtra] left out where there is little room
 */

/**
 * The first column names the row.
 * @template Row
 * @param {string} caption
 * @param {readonly Column<Row>[]} columns
 * @param {readonly { title?: string, rows: readonly Row[] }[]} groups
 */
export function table(caption, columns, groups) {
  const classOf = (/** @type {Column<Row>} */ { isNumber, isExtra }) =>
    [isNumber && 'number', isExtra && 'extra'].filter(Boolean).join(' ');
  return h(
    'table',
    null,
    h('caption', { class: 'heard' }, caption),
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        columns.map((column) => h('th', { scope: 'col', class: classOf(column) }, column.title)),
      ),
    ),
    groups.map(({ title, rows }) =>
      h(
        'tbody',
        null,
        title !== undefined &&
          h('tr', null, h('th', { scope: 'rowgroup', colSpan: columns.length, class: 'group' }, title)),
        rows.map((row) =>
          h(
            'tr',
            null,
            columns.map((column, at) =>
              at === 0
                ? h('th', { scope: 'row', class: classOf(column) }, column.cell(row))
                : h('td', { class: classOf(column) }, column.cell(row)),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * What was told, or that it has not come yet, or why it does not.
 * @template T
 * @param {Told<T>} told
 * @param {(value: T) => ComponentChildren} show
 * @param {(systemId: string) => string} [choose] the same question of one of several systems of a name
 * @returns {VNode}
 */
export function answer({ value, isOld, refusal }, show, choose) {
  return h(
    'div',
    { class: isOld && value !== null ? 'answer old' : 'answer', 'aria-busy': isOld && refusal === null },
    refusal !== null && refused(refusal, choose),
    value === null ? refusal === null && h('p', { class: 'quiet' }, 'Asking…') : show(value),
  );
}

/**
 * @param {Refusal} refusal
 * @param {(systemId: string) => string} [choose]
 */
function refused({ message, candidates: several }, choose) {
  return h(
    'div',
    { class: 'refusal', role: 'alert' },
    h('p', null, several.length > 0 ? 'Several systems have this name. Which one?' : sentence(message)),
    choose !== undefined && several.length > 0 && candidates(several, choose),
  );
}

/**
 * Systems of one name, to choose from.
 * @param {readonly Candidate[]} systems
 * @param {(systemId: string) => string} choose
 */
export function candidates(systems, choose) {
  return h(
    'ul',
    null,
    systems.map(({ systemId, name, position: { x, y, z } }) =>
      h(
        'li',
        null,
        h('a', { href: choose(systemId) }, `${name} at ${[x, y, z].map((each) => decimal(each)).join(', ')}`),
      ),
    ),
  );
}

/** @param {string} text */
function sentence(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/**
 * A part of the page under a heading.
 * @param {string} title
 * @param {ComponentChildren} aside beside the heading
 * @param {ComponentChildren[]} children
 */
export function card(title, aside, ...children) {
  return h('section', { class: 'card' }, h('div', { class: 'head' }, h('h2', null, title), aside), children);
}
