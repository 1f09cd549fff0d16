import { h } from '/portal/preact.js';

/**
 * @import { Sender } from './sender.js'
 */

/**
 * A button that has the daemon do something, and what became of it.
 * @param {Sender} sender
 * @param {object} button
 * @param {string} button.name
 * @param {string} button.text
 * @param {string} [button.label] for those who do not see where it is
 * @param {() => void} button.act
 * @param {boolean} [button.isMain]
 * @param {string} [button.ask] what is asked first
 */
export function act(sender, { name, text, label, act: run, isMain = false, ask }) {
  const { isRunning, refusal } = sender.of(name);
  return [
    h(
      'button',
      {
        type: 'button',
        class: isMain ? 'primary' : 'act',
        disabled: isRunning,
        'aria-label': label,
        onClick: () => {
          if (ask === undefined || confirm(ask)) run();
        },
      },
      isRunning ? 'Wait…' : text,
    ),
    refusal !== null &&
      h('p', { class: 'refusal', role: 'alert' }, `${refusal.slice(0, 1).toUpperCase()}${refusal.slice(1)}.`),
  ];
}

/**
 * How far something is.
 * @param {string} label
 * @param {number} done
 * @param {number} all
 */
export function progress(label, done, all) {
  return h('progress', { max: Math.max(1, all), value: done, 'aria-label': label });
}

/** `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`. @param {number} seconds */
export function lasting(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return [`${hours} h`, minutes % 60 > 0 && `${minutes % 60} min`].filter(Boolean).join(' ');
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Names of systems, to be pasted into the game's map one after the other. @param {readonly string[]} systems */
export function systemsToCopy(systems) {
  if (systems.length === 0) return null;
  const copy = () => void navigator.clipboard.writeText(systems.join('\n'));
  return h(
    'details',
    { class: 'more' },
    h('summary', null, `${systems.length} systems for the map`),
    h('pre', { tabIndex: 0 }, systems.join('\n')),
    // Browsers keep it to pages that nobody on the way can change.
    globalThis.isSecureContext && h('button', { type: 'button', class: 'act', onClick: copy }, 'Copy'),
  );
}
