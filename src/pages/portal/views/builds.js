import { h } from '/portal/preact.js';
import { linkTo, question, usualOf } from '../address.js';
import { PADS, WITHIN } from '../parts/form.js';
import { count, decimal } from '../parts/format.js';
import { ageOf, answer, card, table, unknown } from '../parts/parts.js';
import { holds } from '../private/holds.js';
import { accessOf, permitted, whoLooks } from '../private/permission.js';
import { progress } from '../private/controls.js';
import { shopping } from '../private/shopping.js';

/**
 * @import { List, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Carrier, Pilot, Shopping, Site } from '../private/told.d.ts'
 */

const COLONISATION = '/api/v1/colonisation';

/** What builds lack, and where it is sold. @param {Showing} showing */
export function page(showing) {
  return [
    h('h1', { tabIndex: -1 }, 'Builds'),
    h(
      'p',
      { class: 'where' },
      'What ports under construction still need, less what is on the way, and who sells it.',
    ),
    permitted(showing, {
      title: 'Builds',
      scope: 'journal',
      isOffered: ({ offered }) => offered.colonisation !== 'off',
      isPublic: ({ offered }) => offered.colonisation === 'public',
      off: 'This server reads no journals. With "journal_dirs" in its settings it follows the game’s journals, which tell of builds, carriers and cargo.',
      about: 'Builds, carriers and cargo are somebody’s: to see them, show a token.',
      show: () => builds(showing),
    }),
  ];
}

/** @param {Showing} showing */
function builds(showing) {
  const { asker, params } = showing;
  const { site = '', near = '', within = '', maxAge = '', minPad = '', capacity = '' } = params;
  const isPrivate = accessOf(showing).value?.offered.colonisation !== 'public';
  const ask = (/** @type {string} */ name, /** @type {string} */ path, /** @type {number} */ everyS) =>
    asker.ask(name, path, everyS, isPrivate);
  /** @type {Told<List<Site>>} */
  const sites = ask('sites', `${COLONISATION}/sites`, 10);
  /** @type {Told<Shopping>} */
  const list = ask(
    'shopping',
    question('/colonisation/shopping-list', { sites: site, near, within, maxAge, minPad, capacity }),
    15,
  );
  /** @type {Told<List<Carrier>>} */
  const carriers = ask('carriers', `${COLONISATION}/carriers`, 20);
  /** @type {Told<List<Pilot>>} */
  const pilots = ask('commanders', `${COLONISATION}/commanders`, 20);
  return [
    answer(list, (told) => tiles(told)),
    card(
      'Under construction',
      site === '' ? null : h('a', { href: linkTo('builds', { ...params, site: '' }) }, 'All builds'),
      answer(sites, ({ entries }) => siteTable(showing, entries)),
    ),
    wishes(showing),
    answer(list, (told) => shopping(showing, told)),
    h('div', { class: 'columns even' }, holds(showing, carriers, pilots)),
    whoLooks(showing),
  ];
}

/** @param {Shopping} shopping */
function tiles({ summary }) {
  const { sites, percent, remaining, onCarriers, aboard, toBuy, loads, unknownSites } = summary;
  const tile = (/** @type {string} */ title, /** @type {any} */ value, /** @type {any} */ note) =>
    h(
      'div',
      { class: 'tile' },
      h('dt', null, title),
      h('dd', { class: 'value' }, value),
      h('dd', { class: 'note' }, note),
    );
  return h(
    'dl',
    { class: 'tiles' },
    tile(
      'Done',
      percent === null ? unknown() : `${decimal(percent, percent < 10 ? 1 : 0)} %`,
      `of ${count(sites)} ${sites === 1 ? 'build' : 'builds'}`,
    ),
    tile(
      'Still needed',
      `${count(remaining)} t`,
      unknownSites.length === 0 ? 'all goods' : `the needs of ${count(unknownSites.length)} are unknown`,
    ),
    tile(
      'On the way',
      `${count(onCarriers + aboard)} t`,
      `${count(onCarriers)} t on carriers, ${count(aboard)} t aboard`,
    ),
    tile(
      'To be bought',
      `${count(toBuy)} t`,
      loads === null ? 'say your hold to see flights' : `${count(loads.toBuy)} flights`,
    ),
  );
}

/**
 * @param {Showing} showing
 * @param {readonly Site[]} sites
 */
function siteTable({ params, nowMs }, sites) {
  if (sites.length === 0)
    return h('p', { class: 'quiet' }, 'Nothing is being built, as far as journals tell.');
  return table(
    'Builds',
    [
      {
        title: 'Build',
        cell: ({ name, marketId, systemName, type }) => [
          h(
            'a',
            {
              class: 'name',
              href: linkTo('builds', { ...params, site: String(marketId) }),
              'aria-current': params.site === String(marketId) ? 'true' : undefined,
            },
            name ?? `Build ${marketId}`,
          ),
          h(
            'span',
            { class: 'under' },
            systemName ?? unknown('system'),
            type === null ? '' : ` · ${kind(type)}`,
          ),
        ],
      },
      {
        title: 'Done',
        cell: ({ percent, name, state }) =>
          percent === null
            ? unknown()
            : [
                progress(`Progress of ${name ?? 'the build'}`, percent, 100),
                h('span', { class: 'under' }, `${decimal(percent)} % · ${state}`),
              ],
      },
      {
        title: 'Still needed',
        isNumber: true,
        cell: ({ remaining }) => (remaining === null ? unknown() : `${count(remaining)} t`),
      },
      { title: 'Told', isNumber: true, isExtra: true, cell: ({ seenAt }) => ageOf(seenAt, nowMs) },
    ],
    [{ rows: sites }],
  );
}

/** `SpaceConstructionDepot`: as people say. @param {string} type */
function kind(type) {
  return type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

/** @param {Showing} showing */
function wishes({ form, systems }) {
  return h(
    'form',
    { class: 'card filters', role: 'search' },
    h(
      'div',
      { class: 'fields' },
      form.radios('by', 'Buy where it is', [
        ['nearest', 'Nearest'],
        ['cheapest', 'Cheapest'],
        ['freshest', 'Seen last'],
      ]),
      form.text('near', 'Near system', { suggestions: systems, placeholder: 'the build' }),
      form.select('within', 'Within', WITHIN),
      form.radios('minPad', 'Landing pad', PADS),
      form.text('capacity', 'Your hold (t)', { isNumber: true, placeholder: 'e.g. 784' }),
    ),
    form.more(
      ['maxAge'],
      usualOf('builds'),
      form.age('maxAge', 'Markets seen within', ['12h', '1d', '3d', '7d', '30d']),
    ),
  );
}
