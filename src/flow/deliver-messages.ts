import { withTenant } from '../db/transact.ts';
import { deliveredMax, deliverMessages } from '../notify/outbox.ts';
import type { TenantId } from '../shared/id.ts';
import type { App } from './app.ts';

/** Delivers everything that waits in the tenant's outbox. Harmless when it runs twice or at the same time. */
export async function deliverWaitingMessages(app: App, tenant: TenantId): Promise<void> {
  for (;;) {
    const delivered = await withTenant(app.db, tenant, (tx) => deliverMessages(tx, app.now()));
    if (delivered.length < deliveredMax) return;
  }
}
