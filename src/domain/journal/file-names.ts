/** `Journal.YYMMDDhhmmss.NN.log`, until 2022, and `Journal.YYYY-MM-DDTHHMMSS.NN.log`. */
const OLD = /^Journal\.(\d{12})\.(\d+)\.log$/;
const NEW = /^Journal\.(\d{4})-(\d\d)-(\d\d)T(\d{6})\.(\d+)\.log$/;

/**
 * Where a file stands among the others of a folder: by when its game began (local time), then by its part.
 * @returns a text that sorts so; null: it is no journal (those of test versions of the game are none)
 */
function journalOrder(name: string): string | null {
  const [, old = '', oldPart = ''] = OLD.exec(name) ?? [];
  if (old !== '') return `20${old}.${oldPart.padStart(4, '0')}`;
  const [, year = '', month = '', day = '', time = '', part = ''] = NEW.exec(name) ?? [];
  return year === '' ? null : `${year}${month}${day}${time}.${part.padStart(4, '0')}`;
}

/** Journals among the names of a folder, oldest first. */
export function journalsAmong(names: readonly string[]): string[] {
  return names
    .flatMap((name) => {
      const order = journalOrder(name);
      return order === null ? [] : [{ name, order }];
    })
    .sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)))
    .map(({ name }) => name);
}
