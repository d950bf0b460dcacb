import { withTenant } from '../db/transact.ts';
import { newestReading } from '../evidence/keep-reading.ts';
import { turnPicture } from '../evidence/picture.ts';
import { evidenceById } from '../evidence/read.ts';
import type { EvidenceId } from '../shared/id.ts';
import type { App } from './app.ts';
import type { SignedIn } from './sign-in.ts';

/**
 * The stored picture as JPEG, turned upright where reading found that it lies on its side; null when there is none that
 * the asker may see. Participants see their own evidence, staff all of their tenant's.
 */
export async function turnedPicture(app: App, by: SignedIn, id: EvidenceId): Promise<Uint8Array | null> {
  const found = await withTenant(app.db, by.tenant, async (tx) => {
    const evidence = await evidenceById(tx, id);
    if (!evidence || (by.kind === 'participant' && evidence.participant !== by.id)) return null;
    return { object: evidence.object, turn: (await newestReading(tx, id))?.document.turn ?? 0 };
  });
  const stored = found && (await app.objects.get(found.object));
  if (!stored) return null;
  return found.turn === 0 ? stored : turnPicture(stored, found.turn);
}
