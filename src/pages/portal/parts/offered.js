/**
 * @import { Told } from '../answers.d.ts'
 * @import { Asker } from '../asker.js'
 * @import { Access } from '../private/told.d.ts'
 */

/** What is there of what is not everywhere: asked without a token, so also while tokens cannot be read. @param {Asker} asker @returns {Told<Access>} */
export function offeredBy(asker) {
  return asker.ask('offered', '/api/v1/access');
}
