/** Why a message was refused, and what that means; in the order of the checks. */
export type Rejection =
  /** Inflates to more, or lists more, than any message of the feed. */
  | 'too large'
  /** Not zlib, not JSON, or without the parts every message has. */
  | 'malformed'
  /** Sent to a /test schema. */
  | 'test schema'
  /** Of a schema that is understood, but not of this version: is there an update of this program? */
  | 'other version of the schema'
  /** Not about markets, nor about what is learned. */
  | 'other schema'
  /** The game before Odyssey has markets of its own. */
  | 'legacy galaxy'
  /** The program is in no whitelist entry. */
  | 'software not whitelisted'
  /** The whitelist entry of the program needs mending. */
  | 'whitelist minversion unreadable'
  /** The whitelist asks for a minimum version, and none could be read. */
  | 'software version unreadable'
  /** Below minversion of the whitelist. */
  | 'software version too old'
  /** No observation time. */
  | 'no timestamp'
  /** An observation time in no known form. */
  | 'timestamp unreadable'
  /** Observed later than the gateway got it, by more than max_clock_skew_s: the clock of the sender is wrong. */
  | 'timestamp ahead of clock'
  /** Older clients name the station only. */
  | 'no market id'
  /** Not an integer of 1 to 2^53-1. */
  | 'market id out of range'
  /** Absent or blank. */
  | 'no system name'
  /** Absent or blank. */
  | 'no station name'
  /** More than 128 characters, which no name column holds. */
  | 'name too long'
  /** About nothing that is kept: a scan, a tourist site, a place without coordinates. */
  | 'nothing to learn'
  /** Every row was dropped, so the list says nothing about the market. */
  | 'no usable row';
