/** Who looks: the token he has shown stays in his tab until it is closed, and goes nowhere but to this server. */

const KEY = 'tdl-token';

export function keptToken() {
  return sessionStorage.getItem(KEY) ?? '';
}

/** @param {string} token empty: it is forgotten */
export function keepToken(token) {
  if (token === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}

/** @returns {Record<string, string>} headers of a request that takes the token */
export function authorization() {
  const token = keptToken();
  return token === '' ? {} : { authorization: `Bearer ${token}` };
}
