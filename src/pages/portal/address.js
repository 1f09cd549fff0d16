import { PAGES } from './pages.js';

/** The address says what is shown: `/?view=find&commodity=Tritium&near=Sol`. Whatever is as usual is left out. */

/** @import { Params } from './pages.js' */

/** What a list shows more of at a time, and at most. */
const MORE = { step: 50, most: 1_000 };

/** What is usual on a page, and left out of its address. @param {string} view */
export function usualOf(view) {
  return PAGES[view]?.usual ?? {};
}

/**
 * @param {string} search the query of an address
 * @returns {{ view: string, params: Params }} every parameter of the view, told or usual
 */
export function readAddress(search) {
  const told = new URLSearchParams(search);
  const asked = told.get('view') ?? '';
  const view = Object.hasOwn(PAGES, asked) ? asked : 'overview';
  const usual = Object.entries(usualOf(view));
  return { view, params: Object.fromEntries(usual.map(([name, value]) => [name, told.get(name) ?? value])) };
}

/**
 * @param {string} view
 * @param {Params} params
 */
export function linkTo(view, params = {}) {
  const query = new URLSearchParams(view === 'overview' ? {} : { view });
  for (const [name, usual] of Object.entries(usualOf(view))) {
    const value = params[name]?.trim() ?? usual;
    if (value !== usual) query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '/' : `/?${text}`;
}

/**
 * The address of a question to the API; what is empty is not asked.
 * @param {string} path
 * @param {Readonly<Record<string, string | number>>} params
 */
export function question(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== '') query.set(name, String(value));
  const text = query.toString();
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
}

/** @param {string} show */
export function limitOf(show) {
  const limit = Number.parseInt(show, 10);
  return limit >= 1 ? Math.min(limit, MORE.most) : MORE.step;
}

/**
 * `show` of the same list with more of it; null: all of it is shown, or all that can be.
 * @param {string} show
 * @param {number} total
 */
export function showMore(show, total) {
  const limit = limitOf(show);
  return limit < Math.min(total, MORE.most) ? String(Math.min(limit + MORE.step, MORE.most)) : null;
}
