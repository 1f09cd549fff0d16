/** `Journal.YYMMDDhhmmss.NN.log`, until 2022, and `Journal.YYYY-MM-DDTHHMMSS.NN.log`; those of test versions have other names. */
const JOURNAL = /^Journal\.(?:\d{12}|20\d\d-\d\d-\d\dT\d{6})\.\d+\.log$/;

/** By the number, for parts have two digits until there are a hundred. */
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** Journals among the names of a folder, oldest first: by when their games began (local time), then by part. */
export function journalsAmong(names: readonly string[]): string[] {
  return (
    names
      .filter((name) => JOURNAL.test(name))
      // The later form is the longer number, too.
      .map((name) => ({ name, number: name.replaceAll(/[-T]/g, '') }))
      .sort((a, b) => BY_NUMBER.compare(a.number, b.number))
      .map(({ name }) => name)
  );
}
