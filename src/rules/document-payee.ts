import { z } from 'zod';

import { code } from './document-words.ts';

export const levelMax = 5;

/**
 * Who is paid instead of the participant: the person who is linked to the participant, the outlet or the partner whose
 * outlet it is. Of a higher level: so many links further, from person to person.
 */
export const payee = z.strictObject({
  link: code,
  /** Absent: the participant. */
  of: z.enum(['participant', 'outlet', 'partner']).optional(),
  /** Absent: 1. */
  level: z.int().min(1).max(levelMax).optional(),
});

export type Payee = z.infer<typeof payee>;

/** Names a payee among the facts: the same for the same link, however it is written. */
export function payeeName({ link, of = 'participant', level = 1 }: Payee): string {
  return `${link} ${of} ${level}`;
}
