import type { Tx } from '../db/transact.ts';
import { programmeById } from '../network/programmes.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { momentAt, type Day } from '../shared/time.ts';
import type { CompiledRule } from './compile.ts';
import type { RuleDocument } from './document.ts';

/** What a list of products holds for events from `from` until before `until`; null: from the beginning, until further notice. */
export type ListSpan = { code: string; skus: ReadonlySet<string>; from: Date | null; until: Date | null };

/** The lists of a programme, in all versions; none where no list was ever saved. As it was at `asOf`. */
export async function productLists(
  tx: Tx,
  programme: ProgrammeId,
  asOf: Date | null = null,
): Promise<ListSpan[]> {
  const rows = await tx.query<{ code: string; state: string; skus: string[]; from: Day | null }>(
    `select d.code, d.state, d.document -> 'skus' as skus, d.effective_from as "from" from progress_document d
     where d.tenant = $1 and d.programme = $2 and d.kind = 'list' and ($3::timestamptz is null or d.created_at <= $3)
     order by d.code collate "C", d.version`,
    [tx.tenant, programme, asOf],
  );
  if (rows.length === 0) return [];
  const { timeZone } = (await programmeById(tx, programme))!;
  const startOf = (day: Day | null) => (day === null ? null : momentAt(day, '00:00', timeZone));
  return [...Map.groupBy(rows, ({ code }) => code).values()].flatMap((versions) =>
    versions.flatMap(({ code, state, skus, from }, i) => {
      // As with rules: each version holds from its own first day until the earliest first day of any later one.
      const [until = null] = versions
        .slice(i + 1)
        .map((later) => later.from ?? '')
        .toSorted();
      if (state === 'retired' || (until !== null && until <= (from ?? ''))) return [];
      return [{ code, skus: new Set(skus), from: startOf(from), until: startOf(until) }];
    }),
  );
}

/**
 * A rule that names lists, with the SKUs of these lists in their place: one for each stretch of time in which they hold the
 * same. So a list costs an evaluation nothing, and an event is judged by what the list held on its day. Pure.
 */
export function resolveLists(rule: CompiledRule, lists: readonly ListSpan[]): CompiledRule[] {
  const { lists: named, ...products } = rule.document.scope.products ?? {};
  if (!named) return [rule];
  const used = lists.filter(({ code }) => named.includes(code));
  const start = rule.effectiveFrom?.getTime() ?? -Infinity;
  const end = rule.effectiveUntil?.getTime() ?? Infinity;
  const cuts = used
    .flatMap(({ from, until }) => [from, until])
    .flatMap((at) => (at && at.getTime() > start && at.getTime() < end ? [at.getTime()] : []));
  const starts = [start, ...new Set(cuts)].toSorted((a, b) => a - b);
  return starts.map((from, i) => {
    const held = used.filter((list) => isOn(list, from)).flatMap(({ skus }) => [...skus]);
    const skus = [...new Set(held)].filter((sku) => products.skus?.includes(sku) ?? true);
    const until = starts[i + 1] ?? end;
    const document: RuleDocument = {
      ...rule.document,
      scope: { ...rule.document.scope, products: { ...products, skus } },
    };
    return {
      ...rule,
      document,
      scopeSets: { ...rule.scopeSets, skus: { set: new Set(skus), text: named.join(', ') } },
      effectiveFrom: from === -Infinity ? null : new Date(from),
      effectiveUntil: until === Infinity ? null : new Date(until),
    };
  });
}

function isOn({ from, until }: ListSpan, at: number): boolean {
  return (from?.getTime() ?? -Infinity) <= at && at < (until?.getTime() ?? Infinity);
}
