import type { Fact as Said, Facts, Language, TextKey, Told } from '../../web/texts/say.ts';
import { text } from '../notify/texts.ts';
import { goalEffects, reasonOf, type Standing } from '../progress/evaluate-goal.ts';
import type { TiersDocument } from '../progress/document.ts';
import type { Fact } from '../rules/evaluation.ts';
import { isCurrency } from '../shared/money.ts';

type Award = { asset: string; units: number };

/** What is missing to the next step of a goal, until when, and what it brings; null where nothing is, or nobody knows. */
export function sayToGo(standing: Standing, language: Language): string | null {
  const { code, facts } = reasonOf(standing);
  if (code !== 'goal-short') return null;
  const date = standing.period.last;
  const missing: Told =
    facts['of'] === 'share'
      ? {
          key: 'goal.to-go.share',
          facts: { done: facts['done'] as number, target: facts['target'] as number, date },
        }
      : { key: 'goal.to-go', facts: { missing: [sayMeasure(facts)], date } };
  // What a streak brings is said with the streak.
  const award = standing.rule.document.goal.inARow === undefined ? nextAward(standing) : null;
  return award
    ? text(language, 'goal.to-go.brings', { missing: [missing], award: [award] })
    : text(language, missing.key as TextKey, missing.facts);
}

/** How many periods of a streak are reached, and what all of them bring. */
export function sayStreak(
  { rule }: Pick<Standing, 'rule'>,
  streak: { done: number; wanted: number },
  language: Language,
): string {
  const { per } = rule.document.goal;
  const award = sayAwards(goalEffects(rule));
  return text(language, `goal.streak.${per}` as TextKey, { ...streak, award: award ? [award] : [] });
}

/** An amount of what tiers count, in words. */
export function sayCounted(counts: TiersDocument['counts'], amount: bigint): Told {
  if ('currency' in counts) return sayMeasure({ of: 'amount', amount: money(amount, counts.currency) });
  const count = counts.of === 'quantity' ? Number(amount) / 1000 : Number(amount);
  return sayMeasure({ of: counts.of, count });
}

function sayMeasure({ of, ...facts }: Readonly<Record<string, Fact>>): Told {
  return { key: `measure.${String(of)}`, facts: facts as Facts };
}

function nextAward({ rule, done, target }: Standing): Told | null {
  const effects = goalEffects(rule);
  const next = effects.find(({ at = 100 }) => done * 100n < target! * BigInt(at))?.at ?? 100;
  return sayAwards(effects.filter(({ at = 100 }) => at === next));
}

function sayAwards(awards: readonly Award[]): Told | null {
  const [first, ...others] = awards.map(sayAward);
  if (!first) return null;
  return others.reduce<Told>(
    (sum, one) => ({ key: 'award.and', facts: { first: [sum], rest: [one] } }),
    first,
  );
}

function sayAward({ asset, units }: Award): Told {
  if (asset === 'points') return { key: 'award.points', facts: { count: units } };
  if (isCurrency(asset)) return { key: 'award.money', facts: { amount: { minor: units, currency: asset } } };
  return { key: 'award.units', facts: { units, asset } };
}

const money = (amount: bigint, currency: string): Exclude<Said, Told> & Fact => ({
  minor: Number(amount),
  currency,
});
