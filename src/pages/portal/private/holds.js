import { h } from '/portal/preact.js';
import { count } from '../parts/format.js';
import { ageOf, answer, card, table, unknown } from '../parts/parts.js';

/**
 * @import { List, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Carrier, Pilot } from './told.d.ts'
 */

/**
 * What is on carriers and in ships, and where they are.
 * @param {Showing} showing
 * @param {Told<List<Carrier>>} carriers
 * @param {Told<List<Pilot>>} pilots
 */
export function holds({ nowMs }, carriers, pilots) {
  return [
    card(
      'Carriers',
      null,
      answer(carriers, ({ entries }) =>
        entries.length === 0
          ? h('p', { class: 'quiet' }, 'Journals tell of none.')
          : table(
              'Carriers',
              [
                { title: 'Carrier', cell: carrierName },
                { title: 'Hold', cell: ({ hold, freeSpace }) => [cargo(hold), free(freeSpace)] },
                {
                  title: 'Told',
                  isNumber: true,
                  cell: ({ hold, seenAt }) => ageOf(hold?.listedAt ?? seenAt, nowMs),
                },
              ],
              [{ rows: entries }],
            ),
      ),
    ),
    card(
      'Commanders',
      null,
      answer(pilots, ({ entries }) =>
        entries.length === 0
          ? h('p', { class: 'quiet' }, 'Journals tell of none.')
          : table(
              'Commanders',
              [
                {
                  title: 'Commander',
                  cell: ({ name, station, systemName }) => [
                    h('span', { class: 'name' }, name ?? unknown()),
                    h(
                      'span',
                      { class: 'under' },
                      systemName === null ? unknown('place') : at(station, systemName),
                    ),
                  ],
                },
                { title: 'Aboard', cell: (pilot) => cargo(pilot.cargo) },
                { title: 'Told', isNumber: true, cell: ({ seenAt }) => ageOf(seenAt, nowMs) },
              ],
              [{ rows: entries }],
            ),
      ),
    ),
  ];
}

/**
 * @param {Pilot['station']} station
 * @param {string} system
 */
function at(station, system) {
  return station === null ? system : `${station.name}, ${system}`;
}

/** @param {Carrier} carrier */
function carrierName({ callsign, name, carrierId, systemName, transit }) {
  return [
    h(
      'span',
      { class: 'name' },
      [name, callsign].filter((each) => each !== null).join(' ') || String(carrierId),
    ),
    h(
      'span',
      { class: 'under' },
      systemName ?? unknown('place'),
      transit !== null && ` · jumps to ${transit.systemName ?? 'a place that is unknown'}`,
    ),
  ];
}

/** @param {Carrier['hold']} hold */
function cargo(hold) {
  if (hold === null) return unknown();
  if (hold.goods.length === 0) return 'empty';
  return hold.goods.map(({ symbol, tonnes }) => h('span', { class: 'over' }, `${count(tonnes)} t ${symbol}`));
}

/** @param {number | null} tonnes */
function free(tonnes) {
  return tonnes === null ? null : h('span', { class: 'under' }, `${count(tonnes)} t free`);
}
