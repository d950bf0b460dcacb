import type { Tx } from '../db/transact.ts';
import { listUnits } from '../ledger/accounts.ts';
import { listAreas } from '../network/areas.ts';
import type { Programme } from '../network/programmes.ts';
import { wordsOfNetwork } from '../network/words.ts';
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
  /** Kinds of activity that are declared or that live rules pay for. */
  kinds: string[];
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
    tiers: tiers.length > 0 ? tiers : words.tiers.map((code) => ({ code, name: code })),
    segments: documents.flatMap((one) => (one.kind === 'segment' ? [named(one)] : [])),
    lists: documents.flatMap((one) => (one.kind === 'list' ? [named(one)] : [])),
    areas: areas.map(({ code, name, parent }) => ({
      code,
      name,
      parent: parent && (codeOf.get(parent) ?? null),
    })),
    channels: words.channels,
    categories: words.categories,
    kinds: [
      ...new Set([
        ...Object.keys(programme.settings.kinds ?? {}),
        ...rules.flatMap(({ scope }) => scope.kinds),
      ]),
    ].toSorted(),
    groups: [...groups].map(([code, members]) => ({
      code,
      mode: members[0]!.stacking.mode,
      multiplies: members[0]!.effects[0]!.kind === 'multiply',
      titles: members.map(({ texts }) => (texts[language] ?? texts['en']!).title),
    })),
  };
}
