/**
 * @import { Told } from '../answers.d.ts'
 * @import { Asker } from '../asker.js'
 * @import { Access } from '../private/told.d.ts'
 */

/** What is there of what is not everywhere. @param {Asker} asker @returns {Told<Access>} */
export function offeredBy(asker) {
  return asker.ask('offered', '/api/v1/access');
}
