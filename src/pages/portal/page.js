import { h, render } from '/portal/preact.js';
import { linkTo, question, readAddress, usualOf } from './address.js';
import { Asker } from './asker.js';
import { PAGES } from './pages.js';
import { Form } from './parts/form.js';
import { offeredBy } from './parts/offered.js';
import { Sender } from './private/sender.js';

/**
 * @import { ComponentChildren } from 'preact'
 * @import { List, Told } from './answers.d.ts'
 * @import { Params } from './pages.js'
 */

/**
 * @typedef {object} Showing
 * @property {Params} params
 * @property {Form} form
 * @property {Asker} asker
 * @property {Sender} sender
 * @property {number} nowMs the server's time
 * @property {readonly string[]} systems names that begin with what is being typed
 * @property {(params: Params) => void} adjust says in the address what is shown now, without a step back to before
 *
 * @typedef {(showing: Showing) => ComponentChildren} Show
 */

/** Of a daemon only. */
const OF_DAEMON = /** @type {const} */ ([
  ['/files/', 'Files'],
  ['/status', 'Status'],
]);
const OTHERS = /** @type {const} */ ([
  ['/api/v1/docs', 'Query API'],
  ['/metrics', 'Metrics'],
  ['/health', 'Health'],
  ['/ready', 'Readiness'],
]);

/** Where a system is typed. */
const SYSTEM_FIELDS = ['near', 'name', 'start1', 'start2', 'start3', 'start4', 'start5'];
const REDRAW_MS = 1_000;

const asker = new Asker(drawSoon);
const sender = new Sender(drawSoon, () => asker.askPrivateAgain());
/** @type {Map<string, string>} what is being typed, by the name of its field */
const drafts = new Map();
/** @type {Map<string, Show>} */
const loaded = new Map();
let isDrawing = false;
let isRendering = false;
let isFocusDue = false;

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
  const show = loaded.get(view) ?? loading(view);
  const shown = show({ params, form, asker, sender, nowMs: asker.nowMs(), systems: typedSystems(), adjust });
  asker.forgetOthers();
  isRendering = true;
  render([header(view, params), h('main', { id: 'main', key: view }, shown), footer()], document.body);
  isRendering = false;
  const heading = document.querySelector('h1');
  document.title = `${heading?.textContent ?? ''} · Trade Dangerous listener`;
  if (heading === null || !isFocusDue) return;
  isFocusDue = false;
  heading.focus();
}

/**
 * Every page is fetched when it is shown first.
 * @param {string} view
 * @returns {Show}
 */
function loading(view) {
  const wait = () => h('p', { class: 'quiet', 'aria-busy': true }, 'Loading…');
  const take = (/** @type {Show} */ show) => {
    loaded.set(view, show);
    drawSoon();
  };
  take(wait);
  import(`./views/${view}.js`).then(
    (/** @type {{ page: Show }} */ { page }) => take(page),
    () => take(() => h('p', { role: 'alert' }, 'The daemon does not answer. Load the page again.')),
  );
  return wait;
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
  const current = PAGES[view]?.under ?? view;
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
      Object.entries(PAGES)
        .filter(([, { menu }]) => menu !== undefined)
        .map(([name, { menu }]) =>
          h(
            'a',
            { href: linkTo(name, { near, within }), 'aria-current': name === current ? 'page' : undefined },
            menu,
          ),
        ),
    ),
  );
}

function footer() {
  const isDaemon = offeredBy(asker).value?.offered.status === true;
  return h(
    'footer',
    null,
    h(
      'nav',
      { 'aria-label': 'For programs' },
      [...OTHERS, ...(isDaemon ? OF_DAEMON : [])].map(([href, title]) => h('a', { href }, title)),
    ),
    h('p', null, 'Times are UTC. A dash is “not traded”; what is not known is called unknown.'),
  );
}

/** @param {Params} params */
function adjust(params) {
  const now = readAddress(location.search);
  const href = linkTo(now.view, { ...now.params, ...params });
  if (href !== location.pathname + location.search) history.replaceState(null, '', href);
  drawSoon();
}

/** @param {string} href */
function goTo(href) {
  const isOther = readAddress(new URL(href, location.href).search).view !== readAddress(location.search).view;
  if (href !== location.pathname + location.search) history.pushState(null, '', href);
  drafts.clear();
  isFocusDue = isOther;
  draw();
  if (isOther) scrollTo(0, 0);
}

/** @param {HTMLFormElement} form */
function takeForm(form) {
  const { view, params } = readAddress(location.search);
  const told = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  // Another question begins with its first page, and a name that was typed means whatever has it.
  const begun = { system: '', show: usualOf(view).show ?? '' };
  const isElsewhere = told.near !== undefined && told.near !== params.near;
  goTo(linkTo(view, { ...params, ...told, ...begun, ...(isElsewhere && { at: '' }) }));
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
  // A field that is taken away while somebody types says what is in it.
  if (isRendering) return;
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
