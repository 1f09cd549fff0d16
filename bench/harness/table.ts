import { isComparison, isWithin, summarise, type BenchmarkReport } from './report.ts';
import {
  extrapolate,
  extrapolatePower,
  growthExponent,
  median,
  type Point,
  type Spread,
} from './statistics.ts';
import type { Comparison, Figures } from './types.ts';

/** Cells of a table; the first row names the columns. */
export type Table = readonly (readonly string[])[];

/** What a benchmark found, for the terminal and for the document. */
export function tablesOf(report: BenchmarkReport): Table[] {
  const results = report.runs.flatMap(({ results }) => results);
  if (report.fullSize !== undefined) return growthTables(report, report.fullSize);
  const comparisons = results.filter(isComparison);
  const figures = results.filter((result): result is Figures => !isComparison(result));
  return [
    ...(comparisons.length > 0 ? [comparisonTable(comparisons)] : []),
    ...(figures.length > 0 ? [figuresTable(figures)] : []),
  ];
}

function comparisonTable(comparisons: readonly Comparison[]): Table {
  return [
    ['work', 'ours', 'limit', 'ratio', 'ratio of CPU time', 'budget', 'met', 'peak RSS'],
    ...comparisons.map((comparison) => {
      const { name, unit, limit, budget, peakRssMiB, peakRssBudgetMiB } = comparison;
      const { speed, limitSpeed, ratio, cpuRatio, isMet } = summarise(comparison);
      return [
        name,
        `${short(speed)} ${unit}/s`,
        limitSpeed === null ? '' : `${short(limitSpeed)} ${unit}/s: ${limit?.what}`,
        spread(ratio),
        spread(cpuRatio),
        [
          ...(budget === undefined ? [] : [`>= ${budget}`]),
          ...(peakRssBudgetMiB === undefined ? [] : [`<= ${peakRssBudgetMiB} MiB`]),
        ].join(', '),
        verdict(isMet),
        typeof peakRssMiB === 'number' ? `${Math.round(peakRssMiB)} MiB` : '',
      ];
    }),
  ];
}

function figuresTable(all: readonly Figures[]): Table {
  return [
    ['work', 'figures', 'budget', 'met'],
    ...all.map((each) => [
      each.name,
      facts(each.figures),
      each.below === undefined
        ? ''
        : Object.entries(each.below)
            .map(([name, value]) => `${name} < ${value}`)
            .join(', '),
      verdict(isWithin(each)),
    ]),
  ];
}

/** A line a size, then the exponents, then the whole galaxy: of every piece of work of a benchmark. */
function growthTables({ runs, unit }: BenchmarkReport, fullSize: number): Table[] {
  const all = runs.flatMap(({ size, results }) =>
    results.filter(isComparison).map((result) => ({ size, result })),
  );
  return [...Map.groupBy(all, ({ result }) => result.name)].map(([name, sized]) => {
    const points = (value: (result: Comparison) => number | null | undefined): Point[] =>
      sized.map(({ size, result }) => ({ size, value: value(result) ?? NaN }));
    const times = points(({ ours }) => median(ours.map(({ wallS }) => wallS)));
    const memory = points(({ peakRssMiB }) => peakRssMiB);
    return [
      [`${name}: ${unit}`, 'time', 'peak RSS'],
      ...times.map(({ size, value }, i) => [short(size), seconds(value), mebibytes(memory[i]!.value)]),
      ['exponent', growthExponent(times).toFixed(2), growthExponent(memory).toFixed(2)],
      [
        `${short(fullSize)}, extrapolated from the two largest`,
        seconds(extrapolate(times, fullSize)),
        // Memory that grows at first mostly levels off: the line is the worst case.
        `${mebibytes(extrapolatePower(memory, fullSize))} by the exponent, ${mebibytes(extrapolate(memory, fullSize))} by the line`,
      ],
    ];
  });
}

function facts(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${short(value)}`)
    .join(', ');
}

function verdict(isMet: boolean | null): string {
  if (isMet === null) return '';
  return isMet ? 'yes' : 'no';
}

function spread(ratio: Spread | null): string {
  if (ratio === null) return '';
  return `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)})`;
}

function seconds(value: number): string {
  return value < 600 ? `${short(value)} s` : `${short(value / 60)} min`;
}

function mebibytes(value: number): string {
  return `${Math.round(value)} MiB`;
}

/** Three digits that count: `1.23 M`, `12.3 k`, `123`, `1.23`. */
export function short(value: number): string {
  if (value >= 1e6) return `${digits(value / 1e6)} M`;
  if (value >= 1e4) return `${digits(value / 1e3)} k`;
  return digits(value);
}

function digits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 4 });
}
