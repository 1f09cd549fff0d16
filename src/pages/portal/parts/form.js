import { h } from '/portal/preact.js';
import { spelled } from './format.js';

/**
 * @import { ComponentChildren } from 'preact'
 * @import { Params } from '../pages.js'
 */

/** @typedef {readonly (readonly [value: string, label: string])[]} Choices */

/** Controls of a form whose values are parameters of the address. */
export class Form {
  #params;
  #drafts;

  /**
   * @param {Params} params
   * @param {Map<string, string>} drafts what is being typed, by name
   */
  constructor(params, drafts) {
    this.#params = params;
    this.#drafts = drafts;
  }

  /** @param {string} name */
  value(name) {
    return this.#drafts.get(name) ?? this.#params[name] ?? '';
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {{ suggestions?: readonly string[], placeholder?: string, isNumber?: boolean }} options
   */
  text(name, label, { suggestions, placeholder = '', isNumber = false } = {}) {
    const id = `field-${name}`;
    return h(
      'div',
      { class: `field ${name}` },
      h('label', { for: id }, label),
      h('input', {
        id,
        name,
        placeholder,
        type: isNumber ? 'number' : 'text',
        min: isNumber ? '0' : undefined,
        inputMode: isNumber ? 'numeric' : 'search',
        autocomplete: 'off',
        spellcheck: false,
        list: suggestions === undefined ? undefined : `${id}-list`,
        value: this.value(name),
      }),
      suggestions !== undefined &&
        h(
          'datalist',
          { id: `${id}-list` },
          suggestions.map((value) => h('option', { value })),
        ),
    );
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {Choices} choices
   */
  select(name, label, choices) {
    const id = `field-${name}`;
    const value = this.value(name);
    // What a hand has written into the address is a choice, too.
    const isListed = choices.some(([each]) => each === value);
    const all = isListed ? choices : [...choices, /** @type {const} */ ([value, value])];
    return h(
      'div',
      { class: `field ${name}` },
      h('label', { for: id }, label),
      h(
        'select',
        { id, name, value },
        all.map(([each, text]) => h('option', { value: each, selected: each === value }, text)),
      ),
    );
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {readonly string[]} durations
   */
  age(name, label, durations) {
    return this.select(
      name,
      label,
      durations.map((each) => [each, spelled(each)]),
    );
  }

  /** Around which system, or everywhere. @param {readonly string[]} systems that are suggested */
  near(systems) {
    return this.text('near', 'Near system', { suggestions: systems, placeholder: 'whole galaxy' });
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {Choices} choices
   */
  radios(name, label, choices) {
    return h(
      'fieldset',
      { class: `field ${name}` },
      h('legend', null, label),
      h(
        'div',
        { class: 'segments' },
        choices.map(([value, text]) =>
          h(
            'label',
            null,
            h('input', { type: 'radio', name, value, checked: this.value(name) === value }),
            h('span', null, text),
          ),
        ),
      ),
    );
  }

  /**
   * Fields that are seldom needed.
   * @param {readonly string[]} names
   * @param {Params} usual
   * @param {ComponentChildren[]} fields
   */
  more(names, usual, ...fields) {
    const changed = names.filter((name) => this.#params[name] !== usual[name]).length;
    return h(
      'details',
      { class: 'more' },
      h('summary', null, changed === 0 ? 'More filters' : `More filters (${changed} set)`),
      h('div', { class: 'fields' }, fields),
    );
  }
}

/** @type {Choices} */
export const WITHIN = ['10', '20', '50', '100', '250', '500', '1000'].map((ly) => [ly, `${ly} ly`]);
/** @type {Choices} */
export const PADS = [
  ['', 'Any'],
  ['S', 'Small'],
  ['M', 'Medium'],
  ['L', 'Large'],
];
/** @type {Choices} */
export const MAX_LS = [
  ['', 'Any'],
  ['100', '100 ls'],
  ['500', '500 ls'],
  ['1000', '1,000 ls'],
  ['5000', '5,000 ls'],
  ['20000', '20,000 ls'],
];
/** @type {Choices} */
export const KINDS = [
  ['included', 'Included'],
  ['excluded', 'Left out'],
  ['only', 'Only these'],
];
