import { AppError } from '../domain/errors.ts';

/** Sections and their options; option names in lower case. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** `key = "a ; b"  # note`: the one case in which quotes mean something. */
const SHIELDED = /^([^=:;#]*)[=:]\s*(["'])((?:(?!\2).)*\s[;#](?:(?!\2).)*)\2\s*(?:\s[;#].*)?$/s;

/**
 * Reads INI text as Python's `configparser` does with inline comments `;` `#` and without interpolation, for that
 * is how Trade Dangerous reads the same file: `=` or `:`, option names without case, deeper indented lines go on,
 * `%` and backslashes are ordinary, a comment needs a blank before it, quotes belong to the value. One thing is
 * added: quotes around a value that has a comment character after a blank shield it (and go).
 *
 * Own code because the `ini` package reads another dialect: it cuts at every `;` and `#`, unescapes backslashes,
 * strips quotes, makes objects of dotted sections and arrays of `x[]`: passwords would change.
 *
 * @throws AppError `dbConfig.invalid` with the line; never with its content, which may be a password
 */
export function parseIni(text: string, file: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let option: string | undefined;
  let optionIndent = 0;

  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const fail = (what: string): AppError =>
      new AppError('dbConfig.invalid', `${file}, line ${index + 1}: ${what}`, { advice: 'correct the file' });
    const content = withoutComment(line);
    if (content === '') continue;
    const indent = line.search(/\S/);
    if (section !== undefined && option !== undefined && indent > optionIndent) {
      section.set(option, `${section.get(option) ?? ''}\n${content}`);
      continue;
    }
    optionIndent = indent;
    const header = /^\[(.+)\]/s.exec(content)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) throw fail(`a second section [${header}]`);
      section = new Map();
      sections.set(header, section);
      option = undefined;
      continue;
    }
    if (section === undefined) throw fail('an option before the first [section]');
    const [, name, value] = /^(.*?)\s*[=:]\s*(.*)$/s.exec(content) ?? [];
    if (!name || value === undefined) throw fail('neither a [section] nor an option = value');
    option = name.toLowerCase();
    if (section.has(option)) throw fail(`a second ${option} in this section`);
    section.set(option, value);
  }
  return sections;
}

function withoutComment(line: string): string {
  const [, key, , value] = SHIELDED.exec(line) ?? [];
  if (key !== undefined && value !== undefined) return `${key.trim()}=${value}`;
  return line.replace(/(^|\s)[;#].*$/s, '').trim();
}
