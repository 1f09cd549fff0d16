/**
 * Every page, in the order of the menu. To add one: a module `views/<name>.js` that exports `page`, and a line here.
 *
 * @typedef {Readonly<Record<string, string>>} Params
 *
 * @typedef {object} Page
 * @property {string} [menu] what the menu calls it
 * @property {string} [under] not in the menu itself: the page whose entry is marked instead
 * @property {Params} usual every parameter its address may have, with the value that is left out
 */

/** What a search around a place has. */
const AROUND = { near: 'Sol', within: '50' };

/** @type {Readonly<Record<string, Page>>} */
export const PAGES = {
  overview: { menu: 'Overview', usual: {} },
  map: {
    menu: 'Map',
    usual: {
      ...{ near: 'Sol', at: '', span: '250', turn: '0,60', market: '' },
      ...{ commodity: '', side: 'supply', seen: '', minPad: '', planetary: 'included', carriers: 'included' },
      show: '25',
    },
  },
  find: {
    menu: 'Find',
    usual: {
      commodity: '',
      ...AROUND,
      minPad: '',
      maxLs: '',
      maxAge: '7d',
      minUnits: '1',
      planetary: 'included',
      carriers: 'excluded',
      sort: 'price',
      show: '15',
    },
  },
  stale: {
    menu: 'Stale',
    usual: {
      ...AROUND,
      olderThan: '1d',
      neverSeen: 'included',
      minPad: '',
      maxLs: '',
      planetary: 'included',
      carriers: 'excluded',
      sort: 'oldest',
      show: '25',
    },
  },
  goods: { menu: 'Goods', usual: { good: '', ...AROUND, minPad: '', sort: 'spread' } },
  commodity: { under: 'goods', usual: { name: '', ...AROUND, minPad: '', maxAge: '7d' } },
  system: { under: 'markets', usual: { id: 'Sol' } },
  markets: { menu: 'Markets', usual: { name: '', system: '', show: '25' } },
  market: { under: 'markets', usual: { id: '', side: 'all', good: '', chart: '' } },
  scout: {
    menu: 'Scout',
    usual: {
      ...AROUND,
      ...{ olderThan: '1d', minPad: '', maxLs: '', planetary: 'included', stops: '60', crew: '1', tour: '' },
      ...{ name1: '', name2: '', name3: '', name4: '', name5: '' },
      ...{ start1: '', start2: '', start3: '', start4: '', start5: '' },
      ...{ jump1: '20', jump2: '20', jump3: '20', jump4: '20', jump5: '20' },
      ...{ patrol: '', patrolAge: '12h' },
    },
  },
  builds: {
    menu: 'Builds',
    usual: { site: '', near: '', within: '50', maxAge: '7d', minPad: '', capacity: '', by: 'nearest' },
  },
  operate: { menu: 'Operate', usual: { level: 'info', job: '' } },
};
