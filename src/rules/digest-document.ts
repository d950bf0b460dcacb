import { createHash } from 'node:crypto';

import { canonicalJson } from '../shared/canonical.ts';
import type { RuleDocument } from './document.ts';

/** SHA-256 of what a document says, in hex: the same for the same rule in whatever order its fields are written. */
export function digestDocument(document: RuleDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}
