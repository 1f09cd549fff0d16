import { Component, h } from '/portal/preact.js';

/**
 * @typedef {object} Line
 * @property {string} title
 * @property {'buy' | 'sell'} class
 * @property {(number | null)[]} values null is not traded, or unknown
 *
 * @typedef {object} ChartOf
 * @property {string} label what it shows, for those who hear the page
 * @property {object} of an answer: as long as it is the same, nothing is drawn anew
 * @property {() => { times: number[], lines: Line[], isStepped: boolean }} data times in epoch seconds
 */

const HEIGHT = 220;

/**
 * Prices over time. What draws is fetched with the first chart.
 * @extends {Component<ChartOf>}
 */
export class Chart extends Component {
  /** @type {HTMLElement | null} */
  #place = null;
  /** @type {import('/portal/uplot.js') | null} */
  #plot = null;
  #resizing = new ResizeObserver(() => this.#resize());

  /**
   * @param {ChartOf} next
   * @override
   */
  shouldComponentUpdate(next) {
    return next.of !== this.props.of || next.label !== this.props.label;
  }

  /** @override */
  componentDidMount() {
    void this.#draw();
  }

  /** @override */
  componentDidUpdate() {
    void this.#draw();
  }

  /** @override */
  componentWillUnmount() {
    this.#resizing.disconnect();
    this.#plot?.destroy();
    this.#place = null;
  }

  /** @override */
  render() {
    return h('div', {
      class: 'plot',
      role: 'img',
      'aria-label': this.props.label,
      ref: (/** @type {HTMLElement | null} */ place) => {
        this.#place = place;
      },
    });
  }

  async #draw() {
    const { default: Plot } = await import('/portal/uplot.js');
    const place = this.#place;
    if (place === null) return;
    const { times, lines, isStepped } = this.props.data();
    const soft = colourOf(place, 'soft');
    const axis = {
      stroke: soft,
      grid: { stroke: colourOf(place, 'line'), width: 1 },
      ticks: { show: false },
    };
    const stepped =
      isStepped && Plot.paths.stepped !== undefined ? { paths: Plot.paths.stepped({ align: 1 }) } : {};
    this.#plot?.destroy();
    this.#plot = new Plot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        tzDate: (epochS) => Plot.tzDate(new Date(epochS * 1000), 'UTC'),
        scales: {
          x: { range: (_, first, last) => (first < last ? [first, last] : [first - 43_200, last + 43_200]) },
        },
        axes: [
          { ...axis, values: (_, times, _axis, _space, stepS) => times.map((epochS) => tick(epochS, stepS)) },
          { ...axis, size: 70, values: (_, values) => values.map((value) => value.toLocaleString('en')) },
        ],
        series: [
          { value: '{YYYY}-{MM}-{DD} {HH}:{mm} UTC' },
          ...lines.map((line) => ({
            label: line.title,
            stroke: colourOf(place, line.class),
            width: 2,
            ...stepped,
            value: (/** @type {unknown} */ _, /** @type {number | null} */ price) =>
              price === null ? '–' : `${Math.round(price).toLocaleString('en')} cr`,
          })),
        ],
      },
      [times, ...lines.map(({ values }) => values)],
      place,
    );
    this.#resizing.observe(place);
  }

  #resize() {
    const width = this.#place?.clientWidth ?? 0;
    if (width > 0 && this.#plot !== null && this.#plot.width !== width)
      this.#plot.setSize({ width, height: HEIGHT });
  }
}

/**
 * `11-28` or `12:00`, UTC.
 * @param {number} epochS
 * @param {number} stepS between two of them
 */
function tick(epochS, stepS) {
  const iso = new Date(epochS * 1000).toISOString();
  return stepS >= 86_400 ? iso.slice(5, 10) : iso.slice(11, 16);
}

/**
 * A canvas knows no variables of style sheets.
 * @param {HTMLElement} place
 * @param {string} name
 */
function colourOf(place, name) {
  const probe = document.createElement('i');
  probe.className = `colour ${name}`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
