import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import type { ProgrammeId, RuleId } from '../shared/id.ts';
import { compileDocument, type CompiledRule, type LiveRule } from './compile.ts';
import type { RuleDocument } from './document.ts';
import { productLists, resolveLists } from './product-lists.ts';
import { bindRules, type RuleBook } from './select.ts';

/** Only `live` versions judge anybody; a proposed one waits for a second person, and `retired` ends the rule. */
export type RuleState = 'draft' | 'proposed' | 'live' | 'retired';

/** A version of a rule as it is kept. */
export type StoredRule = {
  id: RuleId;
  version: number;
  code: string;
  programme: ProgrammeId;
  state: RuleState;
  document: RuleDocument;
  effectiveFrom: Date | null;
  digest: Buffer;
  createdAt: Date;
  createdBy: string;
};

const columns = `r.id, r.version, r.code, r.programme, r.state, r.document, r.effective_from as "effectiveFrom", r.digest,
  r.created_at as "createdAt", r.created_by as "createdBy"`;

/** Books of compiled rules kept in memory, the least recently used one leaves first. */
const booksMax = 100;
const books = new Map<string, RuleBook>();

/**
 * The rules of a programme, each version with the span of events that it judges, compiled and indexed for `evaluate`.
 * Compiling takes long, so a book is kept by exactly the stored versions that it was made from. With `asOf`: the book as
 * it was then, without what was saved later.
 */
export async function liveRules(tx: Tx, programme: ProgrammeId, asOf: Date | null = null): Promise<RuleBook> {
  const key = await nameOf(tx, programme, asOf);
  const known = books.get(key);
  const book = known ?? (await readBook(tx, programme, asOf));
  // Where somebody saved a rule between the two readings the book is not the one of that name, which others would be given.
  if (!known && (await nameOf(tx, programme, asOf)) !== key) return liveRules(tx, programme, asOf);
  books.delete(key);
  books.set(key, book);
  if (books.size > booksMax) books.delete(books.keys().next().value!);
  return book;
}

/** Names exactly the stored versions that a book is made from. */
async function nameOf(tx: Tx, programme: ProgrammeId, asOf: Date | null): Promise<string> {
  const [row] = await tx.query<{ fingerprint: string }>(
    `select coalesce(md5(string_agg(
       concat_ws(' ', r.id, r.version, encode(r.digest, 'hex'), extract(epoch from r.effective_from)), ',' order by r.id, r.version
     )), '') || coalesce((
       select md5(string_agg(concat_ws(' ', d.code, d.version, encode(d.digest, 'hex'), d.effective_from), ','
         order by d.code, d.version))
       from progress_document d where d.tenant = $1 and d.programme = $2 and d.kind = 'list'
         and ($3::timestamptz is null or d.created_at <= $3)), '') as fingerprint
     from rule r where r.tenant = $1 and r.programme = $2 and r.state in ('live', 'retired')
       and ($3::timestamptz is null or r.created_at <= $3)`,
    [tx.tenant, programme, asOf],
    { name: 'rules-fingerprint' },
  );
  return `${tx.tenant} ${programme} ${row!.fingerprint}`;
}

/** One version of a rule, or null. */
export async function ruleByVersion(tx: Tx, id: RuleId, version: number): Promise<StoredRule | null> {
  return (await rulesByVersion(tx, [{ id, version }]))[0] ?? null;
}

/** Exactly these versions, in no promised order; unknown ones are left out. */
export async function rulesByVersion(
  tx: Tx,
  wanted: readonly { id: RuleId; version: number }[],
): Promise<StoredRule[]> {
  return tx.query<StoredRule>(
    `select ${columns} from unnest($2::uuid[], $3::integer[]) as wanted (id, version)
     join rule r on r.tenant = $1 and r.id = wanted.id and r.version = wanted.version`,
    [tx.tenant, wanted.map(({ id }) => id), wanted.map(({ version }) => version)],
  );
}

/** Each rule of the programme in its newest version, drafts, proposals and retired ones among them, in order of code. */
export async function newestRules(tx: Tx, programme: ProgrammeId): Promise<StoredRule[]> {
  return tx.query<StoredRule>(
    `select distinct on (r.code collate "C") ${columns} from rule r
     where r.tenant = $1 and r.programme = $2 order by r.code collate "C", r.version desc`,
    [tx.tenant, programme],
  );
}

/** The rules that are not over, each in the version that was launched last, in order of code. */
export async function standingRules(tx: Tx, programme: ProgrammeId): Promise<StoredRule[]> {
  const launched = await tx.query<StoredRule>(
    `select distinct on (r.code collate "C") ${columns} from rule r
     where r.tenant = $1 and r.programme = $2 and r.state in ('live', 'retired')
     order by r.code collate "C", r.version desc`,
    [tx.tenant, programme],
  );
  return launched.filter(({ state }) => state === 'live');
}

/** All versions of a rule, the newest first. */
export async function versionsOf(tx: Tx, rule: RuleId): Promise<StoredRule[]> {
  return tx.query<StoredRule>(
    `select ${columns} from rule r where r.tenant = $1 and r.id = $2 order by r.version desc`,
    [tx.tenant, rule],
  );
}

/** Every version of the programme's rules that was live or ended one, by rule and in order of version. */
export async function launchedVersions(
  tx: Tx,
  programme: ProgrammeId,
  asOf: Date | null = null,
): Promise<StoredRule[]> {
  return tx.query<StoredRule>(
    `select ${columns} from rule r
     where r.tenant = $1 and r.programme = $2 and r.state in ('live', 'retired') and ($3::timestamptz is null or r.created_at <= $3)
     order by r.id, r.version`,
    [tx.tenant, programme, asOf],
  );
}

async function readBook(tx: Tx, programme: ProgrammeId, asOf: Date | null): Promise<RuleBook> {
  const stored = await launchedVersions(tx, programme, asOf);
  const rules = [...Map.groupBy(stored, ({ id }) => id).values()].flatMap(spansOf);
  const compiled = rules.map(compile);
  const asks = compiled.some(({ document }) => document.scope.products?.lists);
  const lists = asks ? await productLists(tx, programme, asOf) : [];
  return bindRules(compiled.flatMap((rule) => resolveLists(rule, lists)));
}

/**
 * The live ones of a rule's versions (in order of version, no drafts or proposals) with the events that each judges: from its own
 * start until the earliest start of any later version. A version that a later one replaces altogether is left out.
 */
export function spansOf(
  versions: readonly Pick<StoredRule, 'id' | 'version' | 'state' | 'document' | 'effectiveFrom'>[],
): LiveRule[] {
  return versions.flatMap(({ id, version, state, document, effectiveFrom }, index) => {
    const later = versions.slice(index + 1).map((other) => other.effectiveFrom?.getTime() ?? -Infinity);
    const until = Math.min(...later, Infinity);
    if (state !== 'live' || until <= (effectiveFrom?.getTime() ?? -Infinity)) return [];
    const effectiveUntil = until === Infinity ? null : new Date(until);
    return [{ id, version, document, effectiveFrom, effectiveUntil }];
  });
}

function compile(rule: LiveRule): CompiledRule {
  const result = compileDocument(rule.document);
  assert(result.ok, 'a rule that was saved can be compiled');
  return { ...rule, ...result.compiled };
}
