import { attributesOf, usualKinds } from '../activity/kinds.ts';
import type { Tx } from '../db/transact.ts';
import { listUnits } from '../ledger/accounts.ts';
import { listAreas } from '../network/areas.ts';
import type { AttributeType, Programme } from '../network/programmes.ts';
import { tiersEnrolled, wordsOfNetwork } from '../network/words.ts';
import type { RuleDocument } from '../rules/document.ts';
import { standingRules } from '../rules/read-rules.ts';
import { standingDocuments } from './known-names.ts';

/** A code and what people call it. */
type Name = { code: string; name: string };

/** What rules of a programme can speak of, for whoever writes one: by code, with the name in the reader's language. */
export type RuleNames = {
  /** First and last day of the programme. */
  startsOn: string;
  endsOn: string;
  assets: { code: string; kind: string; scale: number }[];
  /** In their order, from the lowest on. */
  tiers: Name[];
  segments: Name[];
  /** Lists of products. */
  lists: Name[];
  areas: (Name & { parent: string | null })[];
  channels: string[];
  categories: string[];
  /** The usual kinds of activity, those that are declared, and those that live rules pay for; null: without a name. */
  kinds: { code: string; name: string | null; attributes: Readonly<Record<string, AttributeType>> }[];
  /** Groups of live rules, with the titles of those. */
  groups: { code: string; mode: string; multiplies: boolean; titles: string[] }[];
};

/** Tells the names of a programme. Without tiers of its own it has those that people were enrolled with. */
export async function tellNames(tx: Tx, programme: Programme, language: string): Promise<RuleNames> {
  const words = await wordsOfNetwork(tx);
  const areas = await listAreas(tx);
  const documents = await standingDocuments(tx, programme.id);
  const rules = (await standingRules(tx, programme.id)).map(({ document }) => document);
  const named = ({ code, title }: { code: string; title: Record<string, string> }): Name => ({
    code,
    name: title[language] ?? title['en'] ?? code,
  });
  const tiers = documents.flatMap((one) => (one.kind === 'tiers' ? one.tiers.map(named) : []));
  const codeOf = new Map(areas.map(({ id, code }) => [id, code]));
  const groups = Map.groupBy(rules, ({ stacking }) => stacking.group);
  return {
    startsOn: programme.startsOn,
    endsOn: programme.endsOn,
    assets: (await listUnits(tx)).map(({ code, kind, scale }) => ({ code, kind, scale })),
    tiers: tiers.length > 0 ? tiers : (await tiersEnrolled(tx)).map((code) => ({ code, name: code })),
    segments: documents.flatMap((one) => (one.kind === 'segment' ? [named(one)] : [])),
    lists: documents.flatMap((one) => (one.kind === 'list' ? [named(one)] : [])),
    areas: areas.map(({ code, name, parent }) => ({
      code,
      name,
      parent: parent && (codeOf.get(parent) ?? null),
    })),
    channels: words.channels,
    categories: words.categories,
    kinds: kindsOf(programme, rules, language),
    groups: [...groups].map(([code, members]) => ({
      code,
      mode: members[0]!.stacking.mode,
      multiplies: members[0]!.effects[0]!.kind === 'multiply',
      titles: members.map(({ texts }) => (texts[language] ?? texts['en']!).title),
    })),
  };
}

function kindsOf(
  { settings: { kinds = {} } }: Programme,
  rules: readonly RuleDocument[],
  language: string,
): RuleNames['kinds'] {
  const paidFor = rules.flatMap(({ scope }) => scope.kinds);
  return [...new Set([...usualKinds, ...Object.keys(kinds), ...paidFor])].map((code) => {
    const title = Object.hasOwn(kinds, code) ? kinds[code]!.title : undefined;
    return { code, name: title?.[language] ?? title?.['en'] ?? null, attributes: attributesOf(code, kinds) };
  });
}
