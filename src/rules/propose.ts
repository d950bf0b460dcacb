import type { Tx } from '../db/transact.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { compileDocument, type CompiledRule } from './compile.ts';
import type { RuleDocument } from './document.ts';
import { productLists, resolveLists } from './product-lists.ts';
import { ruleIdOf } from './save-rule.ts';

/** Documents that were checked, as rules that are in force from the beginning on; version 0 says that nobody launched them. */
export async function proposedRules(
  tx: Tx,
  programme: ProgrammeId,
  documents: readonly RuleDocument[],
): Promise<CompiledRule[]> {
  const asks = documents.some(({ scope }) => scope.products?.lists);
  const lists = asks ? await productLists(tx, programme) : [];
  return documents.flatMap((document) => {
    const result = compileDocument(document);
    if (!result.ok) throw new Error(`the rule ${document.code} was checked before`);
    const span = { effectiveFrom: null, effectiveUntil: null };
    const id = ruleIdOf(tx, programme, document.code);
    return resolveLists({ id, version: 0, ...span, document, ...result.compiled }, lists);
  });
}
