/**
 * Whether a text is the address of something on the web, without a user or a password in it. Those would stand in logs,
 * errors and files of state, and are not sent.
 */
export function isPlainWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:/.test(url.protocol) && url.username === '' && url.password === '';
}

/** A text for people, with the users and passwords of the addresses in it made unreadable. */
export function hideCredentials(text: string): string {
  return text.replaceAll(/:\/\/[^\s"]*@/g, '://***@');
}
