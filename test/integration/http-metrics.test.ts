import { expect, test } from 'vitest';
import type { Metric } from '../../src/infra/http/routes/exposition.ts';
import { metricsRoutes } from '../../src/infra/http/routes/metrics.ts';
import { ask, startHttp } from '../support/http.ts';
import { until } from '../support/until.ts';

test('a metric without a sample is not there, rather than 0', async () => {
  const age = (samples: Metric['samples']): Metric => ({
    name: 'tdl_file_age_seconds',
    help: 'Time since a published file changed',
    type: 'gauge',
    samples,
  });
  const metrics: Metric[] = [age([])];
  const { url } = await startHttp([(app) => metricsRoutes(app, { metrics: () => metrics })]);
  const page = async () => (await ask(`${url}/metrics`)).bytes.toString();
  expect(await page()).not.toMatch(/file_age/);
  metrics[0] = age([{ labels: { file: 'listings.csv' }, value: 0 }]);
  expect(await page()).toMatch(/^tdl_file_age_seconds\{file="listings\.csv"\} 0$/m);
});

test('of what nothing is known yet there is no figure that is no number', async () => {
  const { url } = await startHttp([(app) => metricsRoutes(app, { metrics: () => [] })]);
  const page = async () => (await ask(`${url}/metrics`)).bytes.toString();
  const lag = 'nodejs_eventloop_lag_mean_seconds';
  const texts = [await page(), await page()];
  // The event loop is looked at every 50 ms: it may have been in between.
  for (const text of texts) expect(text).not.toMatch(/nan$/im);
  await until(async () => new RegExp(`^${lag} [\\d.]+$`, 'm').test(await page()), 200);
});
