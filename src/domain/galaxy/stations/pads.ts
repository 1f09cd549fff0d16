/** Landing pads, smallest first; '?': unknown. The place in the list is the number kept of them. */
export const PADS = ['?', 'S', 'M', 'L'] as const;

export type Pad = 'S' | 'M' | 'L';
