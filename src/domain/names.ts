/** Every name column of Trade Dangerous holds as much. */
export const MAX_NAME_LENGTH = 128;

/** Also halves of surrogate pairs, which no encoding knows. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/u;
const UNFIT_SPACES = /[\t-\r\u0085\u2028\u2029]+/g;

/** A name that begins with a token, and what follows. */
const TOKEN = /^\$(?:EXT_PANEL_|ShipName_)?([A-Za-z][^;:]*?)(?:_?name)?(?::[^;]*)?;(.*)/i;

/** What the game shows for some of its tokens. */
const TOKENS: ReadonlyMap<string, string> = new Map([['ColonisationShip', 'System Colonisation Ship']]);

/**
 * A name fit for tables and the files made of them. Control characters go (programs in Python up to 3.10 cannot read a
 * file with a NUL in it at all), and a token of the game's own language files, `$EXT_PANEL_ColonisationShip:#index=1;`,
 * becomes words.
 *
 * @returns possibly blank
 */
export function cleanName(name: string): string {
  const fit = UNFIT.test(name) ? name.replace(UNFIT_SPACES, ' ').replace(new RegExp(UNFIT, 'gu'), '') : name;
  return fit.replace(TOKEN, (_, token: string, rest: string) => spelledOut(token, rest));
}

/** Names are compared without case and outer blanks: what two names must share to be one. */
export function nameKey(name: string): string {
  return name.trim().toLowerCase();
}

function spelledOut(token: string, rest: string): string {
  const words = token
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/_+/g, ' ')
    .trim();
  return `${TOKENS.get(token) ?? words} ${rest.trim()}`.trim();
}
