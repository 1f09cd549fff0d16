/** Why a message was refused, and what that means; in the order of the checks. */
export const REJECTIONS = {
  'too large': 'inflates to more than any message of the feed has',
  malformed: 'not zlib, not JSON, or without the parts every message has',
  'test schema': 'sent to a /test schema',
  'other version of the schema':
    'of a schema that is understood, but not of this version: is there an update of this program?',
  'other schema': 'not about markets, nor about what is learned',
  'legacy galaxy': 'the game before Odyssey has markets of its own',
  'software not whitelisted': 'the program is in no whitelist entry',
  'whitelist minversion unreadable': 'the whitelist entry of the program needs mending',
  'software version unreadable': 'the whitelist asks for a minimum version, and none could be read',
  'software version too old': 'below minversion of the whitelist',
  'no timestamp': 'no observation time',
  'timestamp unreadable': 'an observation time in no known form',
  'timestamp ahead of clock':
    'observed later than the gateway got it, by more than max_clock_skew_s: the clock of the sender is wrong',
  'no market id': 'older clients name the station only',
  'market id out of range': 'not an integer of 1 to 2^53-1',
  'no system name': 'absent or blank',
  'no station name': 'absent or blank',
  'name too long': 'more than 128 characters, which no name column holds',
  'nothing to learn': 'about nothing that is kept: a scan, a tourist site, a place without coordinates',
  'no usable row': 'every row was dropped, so the list says nothing about the market',
} as const;

export type Rejection = keyof typeof REJECTIONS;
