import { h, render } from '/portal/preact.js';
import { linkTo, question, readAddress, VIEWS } from './address.js';
import { Asker } from './asker.js';
import { find } from './views/find.js';
import { Form } from './parts/form.js';
import { market } from './views/market.js';
import { markets } from './views/markets.js';
import { overview } from './views/overview.js';
import { stale } from './views/stale.js';

/**
 * @import { ComponentChildren } from 'preact'
 * @import { Params } from './address.js'
 * @import { List, Told } from './answers.d.ts'
 */

/**
 * @typedef {object} Showing
 * @property {Params} params
 * @property {Form} form
 * @property {Asker} asker
 * @property {number} nowMs the server's time
 * @property {readonly string[]} systems names that begin with what is being typed
 */

/** @type {Readonly<Record<string, (showing: Showing) => ComponentChildren>>} */
const SHOW = { overview, find, stale, markets, market };

const TABS = /** @type {const} */ ([
  ['overview', 'Overview'],
  ['find', 'Find'],
  ['stale', 'Stale'],
  ['markets', 'Markets'],
]);

const OTHERS = /** @type {const} */ ([
  ['/api/v1/docs', 'Query API'],
  ['/files/', 'Files'],
  ['/status', 'Status'],
  ['/metrics', 'Metrics'],
  ['/health', 'Health'],
  ['/ready', 'Readiness'],
]);

/** Where a system is typed. */
const SYSTEM_FIELDS = ['near', 'name'];
const REDRAW_MS = 1_000;

const asker = new Asker(drawSoon);
/** @type {Map<string, string>} what is being typed, by the name of its field */
const drafts = new Map();
let isDrawing = false;

function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    draw();
  });
}

function draw() {
  const { view, params } = readAddress(location.search);
  const form = new Form(params, drafts);
  const show = SHOW[view] ?? overview;
  const shown = show({ params, form, asker, nowMs: asker.nowMs(), systems: typedSystems() });
  asker.forgetOthers();
  render([header(view, params), h('main', { id: 'main', key: view }, shown), footer()], document.body);
  const title = document.querySelector('h1')?.textContent ?? '';
  document.title = `${title} · Trade Dangerous listener`;
}

/** Systems whose names begin with what is being typed. */
function typedSystems() {
  const typed = SYSTEM_FIELDS.map((name) => drafts.get(name)?.trim() ?? '').join('');
  if (typed.length < 2) return [];
  /** @type {Told<List<{ name: string }>>} */
  const found = asker.ask('systems', question('/systems', { prefix: typed, limit: 8 }));
  return [...new Set(found.value?.entries.map(({ name }) => name))];
}

/**
 * @param {string} view
 * @param {Params} params
 */
function header(view, { near = 'Sol', within = '50' }) {
  const current = view === 'market' ? 'markets' : view;
  return h(
    'header',
    null,
    h('a', { class: 'skip', href: '#main' }, 'Skip to content'),
    h(
      'div',
      { class: 'brand' },
      h('img', { src: '/portal/icon.svg', alt: '', width: 28, height: 28 }),
      h('span', null, 'Trade Dangerous ', h('span', { class: 'thin' }, 'listener')),
    ),
    h(
      'nav',
      { 'aria-label': 'Views' },
      TABS.map(([name, title]) =>
        h(
          'a',
          { href: linkTo(name, { near, within }), 'aria-current': name === current ? 'page' : undefined },
          title,
        ),
      ),
    ),
  );
}

function footer() {
  return h(
    'footer',
    null,
    h(
      'nav',
      { 'aria-label': 'For programs' },
      OTHERS.map(([href, title]) => h('a', { href }, title)),
    ),
    h('p', null, 'Times are UTC. A dash is “not traded”; what is not known is called unknown.'),
  );
}

/** @param {string} href */
function goTo(href) {
  const isOther = readAddress(new URL(href, location.href).search).view !== readAddress(location.search).view;
  if (href !== location.pathname + location.search) history.pushState(null, '', href);
  drafts.clear();
  draw();
  if (!isOther) return;
  scrollTo(0, 0);
  document.querySelector('h1')?.focus();
}

/** @param {HTMLFormElement} form */
function takeForm(form) {
  const { view, params } = readAddress(location.search);
  const told = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  // Another question begins with its first page, and a name that was typed means whatever has it.
  goTo(linkTo(view, { ...params, system: '', ...told, show: VIEWS[view]?.show ?? '' }));
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const href = link?.getAttribute('href') ?? '';
  if (!isPlain || !(href === '/' || href.startsWith('/?'))) return;
  event.preventDefault();
  goTo(href);
});
document.addEventListener('input', ({ target }) => {
  const isTyped = target instanceof HTMLInputElement && ['text', 'number'].includes(target.type);
  if (!isTyped) return;
  drafts.set(target.name, target.value);
  drawSoon();
});
document.addEventListener('change', ({ target }) => {
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) {
    if (target.form !== null) takeForm(target.form);
  }
});
document.addEventListener('submit', (event) => {
  event.preventDefault();
  if (event.target instanceof HTMLFormElement) takeForm(event.target);
});
addEventListener('popstate', () => {
  drafts.clear();
  draw();
});
setInterval(() => {
  if (!document.hidden) drawSoon();
}, REDRAW_MS);
draw();
