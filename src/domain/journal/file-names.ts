/** `Journal.YYMMDDhhmmss.NN.log`, until 2022, and `Journal.YYYY-MM-DDTHHMMSS.NN.log`; those of test versions have other names. */
const JOURNAL = /^Journal\.(?:\d{12}|20\d\d-\d\d-\d\dT\d{6})\.\d+\.log$/;

/** By the number, for parts have two digits until there are a hundred. */
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** When a journal's game began (local time), and its part, as the old form has them. */
function beganAndPart(name: string): string {
  return name.replace(/^Journal\.20(?=\d\d-)/, 'Journal.').replaceAll(/[-T]/g, '');
}

/** Journals among the names of a folder, oldest first. */
export function journalsAmong(names: readonly string[]): string[] {
  return names
    .filter((name) => JOURNAL.test(name))
    .map((name) => ({ name, order: beganAndPart(name) }))
    .sort((a, b) => BY_NUMBER.compare(a.order, b.order))
    .map(({ name }) => name);
}
