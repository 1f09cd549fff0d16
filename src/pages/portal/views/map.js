import { h } from '/portal/preact.js';
import { limitOf, linkTo, question, showMore, usualOf } from '../address.js';
import { readPoint, writeCamera } from '../map/camera.js';
import { canDraw, GalaxyMap } from '../map/galaxy-map.js';
import { KINDS, PADS } from '../parts/form.js';
import { age, count, decimal } from '../parts/format.js';
import { ageOf, answer, card, credits, stationName, table, tonnes, wayAndAge } from '../parts/parts.js';

/**
 * @import { Camera, Pixel } from '../map/camera.js'
 * @import { Params } from '../pages.js'
 * @import { Candidate, Good, List, Near, Quote, Station, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 *
 * @typedef {{ readonly position: Candidate['position'] }} Placed
 * @typedef {Station & Near & Placed & Partial<Quote>} Listed
 */

/** What is asked for by an age of the address. @type {Readonly<Record<string, Params>>} */
const AGES = {
  '': {},
  '1h': { maxAge: '1h' },
  '1d': { maxAge: '1d' },
  '7d': { maxAge: '7d' },
  'over-1d': { olderThan: '1d' },
  'over-7d': { olderThan: '7d' },
  'over-30d': { olderThan: '30d' },
};
/** Markets whose systems are named on the map. */
const NAMED = 100;
const ANY_AGE = '36500d';
const KEYS =
  'Arrow keys move, plus and minus zoom, comma and full stop turn, Page Up and Page Down tilt, Home goes back, Enter takes the market in the middle.';

const hasWebGL = canDraw();
/** @type {{ id: number, pixel: Pixel } | null} */
let pointed = null;

/** @param {Showing} showing */
export function page(showing) {
  const { asker, params, form, systems } = showing;
  const { near = '', commodity = '' } = params;
  /** @type {Told<{ entries: Good[] }>} */
  const goods = asker.ask('goods', question('/commodities'), 600);
  return [
    h('h1', { tabIndex: -1 }, 'Map'),
    h(
      'form',
      { class: 'card filters', role: 'search' },
      h(
        'div',
        { class: 'fields' },
        form.text('near', 'Around', { suggestions: systems, placeholder: 'Sol' }),
        form.select('span', 'Across', spans(params)),
        form.text('commodity', 'Good', {
          suggestions: goods.value?.entries.map(({ name }) => name) ?? [],
          placeholder: 'all markets',
        }),
        commodity !== '' &&
          form.radios('side', 'That is', [
            ['supply', 'sold'],
            ['demand', 'bought'],
          ]),
        form.select('seen', 'Seen', [
          ['', 'whenever'],
          ['1h', 'within 1 hour'],
          ['1d', 'within 1 day'],
          ['7d', 'within 7 days'],
          ['over-1d', 'not for 1 day'],
          ['over-7d', 'not for 7 days'],
          ['over-30d', 'not for 30 days'],
        ]),
        h('button', { class: 'primary' }, 'Show'),
      ),
      form.more(
        ['minPad', 'planetary', 'carriers'],
        usualOf('map'),
        form.radios('minPad', 'Landing pad', PADS),
        form.select('planetary', 'On planets', KINDS),
        form.select('carriers', 'Fleet carriers', KINDS),
      ),
    ),
    around(showing, near === '' ? 'Sol' : near),
  ];
}

/**
 * @param {Showing} showing
 * @param {string} near
 */
function around(showing, near) {
  const { asker, params } = showing;
  const point = readPoint(near);
  if (point !== null) return shown(showing, point);
  /** @type {Told<Placed>} */
  const place = asker.ask('place', question(`/systems/${encodeURIComponent(near)}`), 600);
  return answer(
    place,
    ({ position: { x, y, z } }) => shown(showing, [x, y, z]),
    (systemId) => linkTo('map', { ...params, near: systemId }),
  );
}

/**
 * @param {Showing} showing
 * @param {Camera['at']} middle
 */
function shown(showing, middle) {
  const { asker, params, adjust } = showing;
  const { at = '', turn = '', seen = '', commodity = '', side = '', market = '' } = params;
  const { minPad = '', planetary = '', carriers = '' } = params;
  const usual = cameraOf(usualOf('map'), middle);
  const camera = cameraOf(params, readPoint(at) ?? middle);
  const only = { minPad, planetary, carriers, ...AGES[seen] };
  const good = commodity === '' ? {} : { commodity, side };
  /** @type {Told<List<Listed>>} */
  const listed = asker.ask('listed', listOf(camera, params, only), 15);
  /** @type {Told<Listed> | null} */
  const picked =
    market === '' ? null : asker.ask('picked', question(`/stations/${encodeURIComponent(market)}`), 10);
  /** @type {Told<Station> | null} */
  const named = pointed === null ? null : asker.ask('pointed', question(`/stations/${pointed.id}`), 30);
  const title =
    commodity === '' ? 'markets' : `markets where ${commodity} is ${side === 'supply' ? 'sold' : 'bought'}`;
  return h(
    'div',
    { class: 'pile' },
    hasWebGL
      ? h(
          'div',
          { class: 'card atlas' },
          h('p', { class: 'heard', id: 'map-keys' }, KEYS),
          h(GalaxyMap, {
            path: question('/map', { ...only, ...good }),
            ...{ camera, home: { ...usual, at: middle } },
            label: `Map of ${title}, ${decimal(camera.spanLy, 0)} light years across, around ${where(params)}`,
            places: (listed.value?.entries ?? []).map(({ systemName: name, position }) => ({
              name,
              position,
            })),
            picked: picked?.value?.position ?? null,
            pointed: pointedText(named, showing.nowMs),
            nowMs: () => asker.nowMs(),
            onMove: (/** @type {Camera} */ moved) => {
              const told = writeCamera(moved);
              adjust({ ...told, at: told.at === middle.join() ? '' : told.at });
            },
            onPick: (/** @type {number} */ id) => adjust({ market: String(id) }),
            onPoint: (/** @type {number | null} */ id, /** @type {Pixel | null} */ pixel) => {
              if (id === null && pointed === null) return;
              pointed = id === null || pixel === null ? null : { id, pixel };
              adjust({});
            },
          }),
          picked !== null &&
            h(
              'div',
              { class: 'found' },
              answer(picked, (value) => pickedMarket(value, showing)),
            ),
        )
      : h(
          'p',
          { class: 'refusal', role: 'status' },
          'This browser draws nothing with WebGL 2: here is the list of what the map would show.',
        ),
    list(listed, camera, showing, title),
  );

  /**
   * @param {Params} from
   * @param {Camera['at']} there
   * @returns {Camera}
   */
  function cameraOf({ span = '', turn: angles = turn }, there) {
    const [yaw = 0, pitch = 60] = angles.split(',').map(Number);
    const spanLy = Number(span);
    return {
      at: there,
      spanLy: spanLy > 0 ? spanLy : 250,
      yaw: Number.isFinite(yaw) ? yaw : 0,
      pitch: Number.isFinite(pitch) ? Math.min(90, Math.max(0, pitch)) : 60,
    };
  }
}

/**
 * The question for the markets around the middle of the picture, nearest first.
 * @param {Camera} camera
 * @param {Params} params
 * @param {Params} only
 */
function listOf({ at, spanLy }, { commodity = '', side = '', show = '' }, only) {
  const near = {
    near: at.join(),
    within: Math.min(100_000, spanLy / 2),
    sort: 'distance',
    limit: Math.max(NAMED, limitOf(show)),
  };
  if (commodity === '') return question('/freshness/stale', { olderThan: '0s', ...only, ...near });
  const path = `/commodities/${encodeURIComponent(commodity)}/${side === 'supply' ? 'sellers' : 'buyers'}`;
  return question(path, { maxAge: ANY_AGE, ...only, ...near });
}

/**
 * @param {Told<List<Listed>>} told
 * @param {Camera} camera
 * @param {Showing} showing
 * @param {string} title
 */
function list(told, camera, { params, nowMs }, title) {
  const { commodity = '', side = '', show = '' } = params;
  const within = `within ${count(Number((camera.spanLy / 2).toPrecision(3)))} ly of the middle`;
  const price = {
    title: 'Price',
    isNumber: true,
    cell: (/** @type {Listed} */ { buyPrice = null, sellPrice = null, stock = null, demand = null }) =>
      side === 'supply'
        ? [
            h('span', { class: 'over' }, credits(buyPrice)),
            h('span', { class: 'under' }, tonnes(stock, null)),
          ]
        : [
            h('span', { class: 'over' }, credits(sellPrice)),
            h('span', { class: 'under' }, tonnes(demand, null)),
          ],
  };
  const columns = [
    { title: 'Station', cell: stationName },
    ...(commodity === '' ? [] : [price]),
    ...wayAndAge(nowMs),
  ];
  return card(
    'In the middle',
    null,
    answer(told, (value) => {
      const { total } = value;
      const entries = value.entries.slice(0, limitOf(show));
      const more = showMore(show, total);
      return [
        h(
          'p',
          { class: 'quiet', role: 'status' },
          `${count(entries.length)} of ${count(total)} ${title} ${within}, the nearest first`,
        ),
        total > 0 && table(`The ${title} ${within}`, columns, [{ rows: entries }]),
        more !== null &&
          h('a', { class: 'further', href: linkTo('map', { ...params, show: more }) }, 'Show more'),
      ];
    }),
  );
}

/**
 * @param {Listed} value
 * @param {Showing} showing
 */
function pickedMarket(value, { params, nowMs }) {
  return h(
    'div',
    { role: 'status' },
    h('p', null, stationName(value)),
    h(
      'p',
      null,
      'seen ',
      ageOf(value.marketObservedAt, nowMs),
      value.marketObservedAt === null ? '' : ' ago',
    ),
    h(
      'ul',
      { class: 'chips' },
      h('li', null, h('a', { href: linkTo('market', { id: String(value.marketId) }) }, 'Its prices')),
      h('li', null, h('a', { href: linkTo('system', { id: value.systemId }) }, 'Its system')),
      h('li', null, h('a', { href: linkTo('map', { ...params, market: '' }) }, 'Close')),
    ),
  );
}

/**
 * @param {Told<Station> | null} named
 * @param {number} nowMs
 */
function pointedText(named, nowMs) {
  if (pointed === null || named?.value == null || named.isOld) return null;
  const { name, systemName, marketObservedAt: at } = named.value;
  const seen = at === null ? 'never seen' : `${age((nowMs - Date.parse(at)) / 1000)} ago`;
  return { text: `${name} · ${systemName} · ${seen}`, pixel: pointed.pixel };
}

/** @param {Params} params */
function where({ near = '', at = '' }) {
  return at === '' ? near : at;
}

/** @param {Params} params */
function spans({ span = '' }) {
  const usual = ['50', '100', '250', '600', '2000', '10000', '100000'];
  const all = usual.includes(span) ? usual : [...usual, span].sort((a, b) => Number(a) - Number(b));
  return all.map((ly) => /** @type {const} */ ([ly, `${count(Number(ly))} ly`]));
}
