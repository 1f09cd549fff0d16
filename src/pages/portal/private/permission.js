import { h } from '/portal/preact.js';
import { answer, card } from '../parts/parts.js';
import { keepToken, keptToken } from './viewer.js';

/**
 * @import { ComponentChildren } from 'preact'
 * @import { Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Access, Scope } from './told.d.ts'
 */

/** What is there, and what whoever looks may do. @param {Showing} showing @returns {Told<Access>} */
export function accessOf({ asker }) {
  return asker.ask('access', '/api/v1/access', 30, true);
}

/**
 * @param {Access | null} access
 * @param {Scope} scope
 */
export function may(access, scope) {
  return access?.token?.scopes.includes(scope) === true;
}

/**
 * A part of the page for those who may see it; others are told what it takes.
 * @param {Showing} showing
 * @param {object} part
 * @param {string} part.title
 * @param {Scope} part.scope
 * @param {(access: Access) => boolean} part.isOffered
 * @param {ComponentChildren} part.off how it is turned on
 * @param {ComponentChildren} part.about what would be seen
 * @param {() => ComponentChildren} part.show
 * @param {(access: Access) => boolean} [part.isPublic]
 */
export function permitted(showing, { title, scope, isOffered, off, about, show, isPublic }) {
  return answer(accessOf(showing), (access) => {
    if (!isOffered(access)) return card(title, null, h('p', { class: 'quiet' }, off));
    if (may(access, scope) || isPublic?.(access) === true) return show();
    return card(title, null, tokenForm(showing, access, scope, about));
  });
}

/** Whose token is used, with a way to forget it. @param {Showing} showing */
export function whoLooks(showing) {
  const token = accessOf(showing).value?.token ?? null;
  if (token === null) return null;
  return h(
    'p',
    { class: 'who quiet' },
    `With the token ${token.name}. `,
    h('button', { type: 'button', class: 'plain', onClick: () => show(showing, '') }, 'Forget it'),
  );
}

/**
 * @param {Showing} showing
 * @param {Access} access
 * @param {Scope} scope
 * @param {ComponentChildren} about
 */
function tokenForm(showing, { token }, scope, about) {
  const said =
    token !== null
      ? `The token ${token.name} is not good for this: it takes one with the scope ${scope}.`
      : keptToken() === ''
        ? null
        : 'Nobody knows this token.';
  const take = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    // It must not get into the address.
    event.stopPropagation();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    show(showing, String(new FormData(form).get('token')).trim());
  };
  const stay = (/** @type {Event} */ event) => event.stopPropagation();
  return [
    h('p', { class: 'quiet' }, about),
    said !== null && h('p', { class: 'refusal', role: 'alert' }, said),
    h(
      'form',
      { class: 'filters token', onSubmit: take, onChange: stay, autocomplete: 'off' },
      h(
        'div',
        { class: 'fields' },
        h(
          'div',
          { class: 'field' },
          h('label', { for: `token-${scope}` }, 'Token'),
          h('input', { id: `token-${scope}`, name: 'token', type: 'password', required: true }),
        ),
        h('button', { class: 'primary' }, 'Unlock'),
      ),
    ),
    h(
      'p',
      { class: 'quiet' },
      'Whoever runs this server makes one: ',
      h('code', null, `tdl token add NAME --scope ${scope}`),
      '. It stays in this tab until you close it.',
    ),
  ];
}

/**
 * @param {Showing} showing
 * @param {string} token
 */
function show({ asker }, token) {
  keepToken(token);
  asker.forgetPrivate();
}
