import { useQuery } from '@tanstack/react-query';
import type { Product, RuleNames } from '../api.ts';
import { useReader } from '../language.tsx';
import { me, named, products, ruleNames } from '../queries.ts';
import type { RuleDocument } from './document.ts';
import type { Called, Reading } from './reading.ts';

/** What there is to speak of, and how it is called. */
export type Words = Pick<Reading, 'called' | 'scaleOf' | 'currency'> & {
  names: RuleNames;
  products: readonly Product[];
  /** The day of today, or the last one of a programme that is over. */
  today: string;
};

/** The words of a programme and the names of the shops in these documents; null until the words have come. */
export function useWords(
  programme: string | undefined,
  ...documents: readonly (RuleDocument | null | undefined)[]
): Words | null {
  const names = useQuery(ruleNames(programme)).data;
  const catalogue = useQuery(products).data?.items;
  const shops = useQuery(named('outlets', documents.flatMap(shopsIn))).data?.items ?? [];
  const self = useQuery(me).data;
  const { name } = useReader();
  if (!names || !catalogue || !self) return null;
  const called: Called = (what, code) => {
    if (what === 'channels') return name('admin.trade', code);
    if (what === 'kinds')
      return names.kinds.find((kind) => kind.code === code)?.name ?? name('admin.activity', code);
    if (what === 'outlets') return shops.find((shop) => shop.code === code)?.name ?? code;
    if (what === 'products') return catalogue.find(({ sku }) => sku === code)?.name ?? code;
    if (what === 'groups') {
      const titles = names.groups.find((group) => group.code === code)?.titles ?? [];
      return titles.length > 0 ? `“${titles.join('”, “')}”` : code;
    }
    const found = names[what].find((one) => one.code === code)?.name ?? code;
    return what === 'tiers' && found === code ? name('admin.tier', code) : found;
  };
  const scaleOf = (asset: string) =>
    names.assets.find(({ code }) => code === asset) ?? { kind: 'points', scale: 0 };
  const now = new Date().toISOString().slice(0, 10);
  const today = now < names.endsOn ? now : names.endsOn;
  return { names, products: catalogue, currency: self.programme.currency, today, called, scaleOf };
}

/** A document that somebody writes as text may have anything in the place of a list of codes. */
function shopsIn(document: RuleDocument | null | undefined): string[] {
  const listed: unknown = document?.scope?.audience?.outlets;
  return Array.isArray(listed) ? listed.filter((code) => typeof code === 'string' && code !== '') : [];
}
