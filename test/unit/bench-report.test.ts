import { describe, expect, test } from 'vitest';
import { renderDocument } from '../../bench/harness/document.ts';
import { regressions } from '../../bench/harness/regressions.ts';
import { isWithin, mergeReports, summarise, type Report } from '../../bench/harness/report.ts';
import {
  extrapolate,
  extrapolatePower,
  growthExponent,
  quantile,
  speedRatio,
} from '../../bench/harness/statistics.ts';
import type { Comparison, Result } from '../../bench/harness/types.ts';

const seconds = (...values: number[]) => values.map((wallS) => ({ wallS, cpuS: wallS / 2 }));

function comparison(ours: number[], limit: number[], more: Partial<Comparison> = {}): Comparison {
  return {
    name: 'fresh',
    amount: 100,
    unit: 'rows',
    ours: seconds(...ours),
    limit: { what: 'a bare loop', costs: seconds(...limit) },
    ...more,
  };
}

function report(results: readonly Result[], cpu = 'some CPU'): Report {
  return {
    machine: {
      ...{ cpu, cores: 2, memoryGiB: 8, system: 'Linux', node: '24', sqlite: '3', mariadb: null },
      loadAverage: 0,
    },
    benchmarks: {
      write: {
        about: 'Writes.',
        at: '2026-03-01T12:00:00.000Z',
        unit: 'rows',
        runs: [{ size: 10, results }],
      },
    },
  };
}

describe('statistics', () => {
  test.each([
    [[3, 1, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[0, 10], 0.99, 9.9],
    [[7], 0.99, 7],
  ])('%j at %d is %d', (values, part, expected) => {
    expect(quantile(values, part)).toBeCloseTo(expected);
  });

  test('ratios are taken round by round', () => {
    // Both slowed down in the second round: the ratio stayed.
    expect(speedRatio([1, 10, 4], [2, 20, 4])).toEqual({ median: 2, min: 1, max: 2 });
  });

  test.each([1, 1.5, 0])('growth with the power of %d', (k) => {
    const points = [10, 32, 100].map((size) => ({ size, value: 3 * size ** k }));
    expect(growthExponent(points)).toBeCloseTo(k);
  });

  test('extrapolates along the two largest sizes', () => {
    const points = [
      { size: 1, value: 50 },
      { size: 10, value: 20 },
      { size: 20, value: 30 },
    ];
    expect(extrapolate(points, 100)).toBeCloseTo(110);
  });

  test('or by the exponent, from the largest size', () => {
    const points = [1, 4, 16].map((size) => ({ size, value: 10 * Math.sqrt(size) }));
    expect(extrapolatePower(points, 64)).toBeCloseTo(80);
  });

  test('a cost that fell with size is not extrapolated below what was measured', () => {
    const points = [
      { size: 10, value: 30 },
      { size: 20, value: 25 },
    ];
    expect(extrapolate(points, 100)).toBe(25);
  });
});

describe('a comparison', () => {
  test('is summed up in medians', () => {
    expect(summarise(comparison([2, 1, 4], [1, 1, 1]))).toMatchObject({
      speed: 50,
      limitSpeed: 100,
      ratio: { median: 0.5, min: 0.25, max: 1 },
      cpuRatio: { median: 0.5 },
      isMet: null,
    });
  });

  test.each([
    [{ budget: 0.5 }, true],
    [{ budget: 0.51 }, false],
    [{ budget: 0.5, peakRssMiB: 90, peakRssBudgetMiB: 100 }, true],
    [{ budget: 0.5, peakRssMiB: 110, peakRssBudgetMiB: 100 }, false],
  ])('half as fast as the limit, with %j: met %s', (more, isMet) => {
    expect(summarise(comparison([2], [1], more)).isMet).toBe(isMet);
  });

  test('has no ratio of CPU time where it is unknown', () => {
    expect(summarise(comparison([2], [1], { ours: [{ wallS: 2, cpuS: null }] })).cpuRatio).toBeNull();
  });
});

test.each([
  [{ 'p99 ms': 999 }, true],
  [{ 'p99 ms': 1_000 }, false],
  [{}, false],
])('figures %j within their bound: %s', (figures, expected) => {
  expect(isWithin({ name: '', figures, below: { 'p99 ms': 1_000 } })).toBe(expected);
});

describe('regressions', () => {
  const before = report([comparison([1], [1])]);

  test('a ratio that fell by more than a fifth', () => {
    const now = report([comparison([1.3], [1])]);
    expect(regressions(before, now)).toEqual([
      { benchmark: 'write', work: 'fresh', before: 1, now: expect.closeTo(0.77, 2) as number },
    ]);
  });

  test('not one that fell less, on a machine that is half as fast', () => {
    expect(regressions(before, report([comparison([2.4], [2])]))).toEqual([]);
  });

  test('not what only one of them has', () => {
    const other = report([comparison([9], [1], { name: 'other' }), { name: 'idle', figures: { rss: 1 } }]);
    expect(regressions(before, other)).toEqual([]);
  });
});

describe('reports are merged', () => {
  const other = { export: { about: '', at: '', unit: '', runs: [] } };

  test('on the same machine', () => {
    const merged = mergeReports({ ...report([]), benchmarks: other }, report([comparison([1], [1])]));
    expect(Object.keys(merged.benchmarks)).toEqual(['export', 'write']);
  });

  test('not on another one', () => {
    const merged = mergeReports({ ...report([], 'other CPU'), benchmarks: other }, report([]));
    expect(Object.keys(merged.benchmarks)).toEqual(['write']);
  });
});

test('the document says what was measured, and whether it is good enough', () => {
  const text = renderDocument(
    report([
      comparison([2], [1], { budget: 0.8 }),
      { name: 'idle', figures: { 'RSS MiB': 120 }, below: { 'RSS MiB': 150 } },
    ]),
  );
  expect(text).toContain('some CPU, 2 cores');
  expect(text).toContain(
    '| fresh | 50 rows/s | 100 rows/s: a bare loop | 0.50 (0.50-0.50) | 0.50 (0.50-0.50) | >= 0.8 | no |',
  );
  expect(text).toContain('| idle | RSS MiB 120 | RSS MiB < 150 | yes |');
});

test('growth is a line a size, its exponents and the full size', () => {
  const [size] = report([]).benchmarks.write!.runs;
  const runs = [10, 32, 100].map((n) => ({
    ...size!,
    size: n,
    results: [{ ...comparison([n / 10], []), peakRssMiB: 80 }],
  }));
  const { write } = report([]).benchmarks;
  const text = renderDocument({
    ...report([]),
    benchmarks: { write: { ...write!, runs, fullSize: 1_000_000 } },
  });
  expect(text).toContain('| 32 | 3.2 s | 80 MiB |');
  expect(text).toContain('| exponent | 1.00 | 0.00 |');
  expect(text).toContain(
    '| 1 M, extrapolated from the two largest | 1,670 min | 80 MiB by the exponent, 80 MiB by the line |',
  );
});
