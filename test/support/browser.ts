import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, onTestFinished } from 'vitest';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';

/** Path of a Chromium; null: there is none, and the tests that need one are skipped (with `CI` set they fail). */
export const CHROMIUM = findChromium();
if (CHROMIUM === null && process.env.CI !== undefined)
  throw new Error('CI needs a Chromium (chromium on PATH)');
if (CHROMIUM === null) console.log('skipped: browser tests need a Chromium (apt-get install chromium)');

export interface OpenPage {
  readonly page: Page;
  /** Everything the page asked for. */
  readonly requests: string[];
  /** What it complained of: errors and warnings of its console, uncaught errors. */
  readonly complaints: string[];
}

let browser: Promise<Browser> | undefined;

/** For a file that opens pages: they are of one browser, which ends with it and takes away what it has written. */
export function useBrowser(): void {
  afterAll(async () => {
    const used = browser;
    browser = undefined;
    await (await used)?.close();
  });
}

const launch = () =>
  puppeteer.launch({
    executablePath: CHROMIUM ?? '',
    args: CHROMIUM_ARGS,
    pipe: true,
    // Programs that run here get theirs from the test.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
  });

/** Of drawing without a GPU. */
const NO_GPU = /GL Driver Message .* GPU stall due to ReadPixels/;

/** A page of a headless browser that knows nothing of other pages, closed with the test. */
export async function openPage(url: string, size = { width: 1440, height: 900 }): Promise<OpenPage> {
  if ((await browser)?.connected !== true) browser = launch();
  const context = await (await browser!).createBrowserContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.setViewport(size);
  page.setDefaultTimeout(60_000);
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warn') return;
    if (!NO_GPU.test(message.text()))
      complaints.push(`${message.text()} ${message.location().url ?? ''}`.trim());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, requests, complaints };
}

/** By a link of the portal: nothing is loaded again, which costs a third of going to the address. */
export async function followLink(page: Page, href: string): Promise<void> {
  await page.evaluate(`{
    const link = Object.assign(document.createElement('a'), { href: ${JSON.stringify(href)} });
    document.body.append(link);
    link.click();
    link.remove();
  }`);
}

/** Waits until a part of the page says so. */
export async function says(page: Page, selector: string, text: string): Promise<void> {
  await until(page, `${part(selector)}?.textContent.includes(${JSON.stringify(text)})`);
}

/** Waits until an expression of the page is true. */
export async function until(page: Page, expression: string): Promise<void> {
  try {
    await page.waitForFunction(expression, { polling: 50 });
  } catch (error) {
    const shown = String(await page.evaluate('document.body.innerText')).slice(0, 2_000);
    throw new Error(`${expression} did not come true; the page shows:\n${shown}`, { cause: error });
  }
}

/** Waits until what is shown is there, and nothing is on its way. */
export async function settled(page: Page): Promise<void> {
  await until(
    page,
    `document.querySelector('h1') !== null && document.querySelector('[aria-busy=true]') === null`,
  );
}

export async function textOf(page: Page, selector: string): Promise<string> {
  return String(await page.evaluate(`${part(selector)}.textContent`));
}

/** The texts of everything that matches. */
export async function textsOf(page: Page, selector: string): Promise<string[]> {
  return (await page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((node) => node.textContent)`,
  )) as string[];
}

function part(selector: string): string {
  return `document.querySelector(${JSON.stringify(selector)})`;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What shuts somebody out: rules that the page breaks, each with where. */
export async function axeFindings(page: Page): Promise<unknown> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
  return page.evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  );
}
