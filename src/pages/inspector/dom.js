/* global document */

/** An element: `el('p', { class: 'x', onclick }, 'text', child)`. Text is never taken for markup. */
export function el(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

export function svg(tag, props = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

function filled(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') node[name] = value;
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function byId(id) {
  return document.getElementById(id);
}

/** `07:04:59.123`, local time. */
export function clock(ms) {
  const date = new Date(ms);
  const two = (part) => String(part).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** How long ago: `4 s`, `12 min`, `3 h`. */
export function age(sinceMs) {
  if (sinceMs === null) return 'earlier';
  const s = Math.max(0, Math.round((Date.now() - sinceMs) / 1000));
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** XState's own event names in the words of the machine files. @param child name of the actor that has ended */
export function eventLabel(type, child) {
  const after = /^xstate\.after\.([^.]+)\./.exec(type);
  if (after) return `after ${after[1]}`;
  const ended = /^xstate\.(done|error)\.actor\.(.+)$/.exec(type);
  if (ended) return `${ended[1]}: ${child ?? ended[2].replace(/^\d+\./, '')}`;
  if (type.startsWith('xstate.done.state.')) return 'done';
  return type;
}

export function stateLabel(actor) {
  if (actor.status !== 'active')
    return actor.states.length > 0 ? `${actor.states.join(', ')} (${actor.status})` : actor.status;
  return actor.states.length > 0 ? actor.states.join(', ') : 'running';
}
