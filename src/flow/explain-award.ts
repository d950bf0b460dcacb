import type { Fact as Said, Facts, Language, TextKey, Told } from '../../web/texts/say.ts';
import { text } from '../notify/texts.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { Considered, Evaluation, Fact, Step } from '../rules/evaluation.ts';
import type { Id } from '../shared/id.ts';
import { isCurrency } from '../shared/money.ts';

/** What one rule made of an activity, in words. */
export type ExplainedRule = {
  considered: Considered;
  title: string;
  /** Why it paid or did not, one sentence. */
  reason: string;
  /** The arithmetic, one line each. */
  steps: string[];
  /** Who is paid instead of the participant. */
  to: string | null;
};

/** Whose activity it was and who was paid for it, by name. */
export type PeoplePaid = { seller: string; names: ReadonlyMap<Id<string>, string> };

type Version = { id: string; version: number; document: RuleDocument };

/**
 * Says in the reader's language, for every rule that was considered, why it paid or did not and with which arithmetic.
 * `rules` are the versions named in the evaluation; a version that is not among them goes by its code. Pure.
 */
export function explainRules(
  evaluation: Evaluation | null,
  rules: readonly Version[],
  language: Language,
  people: PeoplePaid | null = null,
): ExplainedRule[] {
  const considered = evaluation?.considered ?? [];
  const documentOf = (one: { rule: string; version: number }) =>
    rules.find(({ id, version }) => id === one.rule && version === one.version)?.document;
  const textsOf = (one: { rule: string; version: number }) => inLanguage(documentOf(one)?.texts, language);
  const titleOf = (code: Fact | undefined) => {
    const named = considered.find((one) => one.code === code);
    return (named && textsOf(named)?.title) ?? String(code);
  };
  return considered.map((one) => {
    const texts = textsOf(one);
    const to = one.to ? (people?.names.get(one.to) ?? null) : null;
    const payee = documentOf(one)?.to;
    const paid = to && payee ? [explainPayee(payee, to, people!.seller, language)] : [];
    return {
      considered: one,
      title: texts?.title ?? one.code,
      reason: ownWords(one, texts) ?? explainReason(one, titleOf, language),
      steps: [...one.steps.map((step) => explainStep(step, documentOf(one), language)), ...paid],
      to,
    };
  });
}

function explainPayee(
  { link, level = 1 }: NonNullable<RuleDocument['to']>,
  name: string,
  seller: string,
  language: Language,
): string {
  return text(language, 'rule.paid-to', { name, seller, link, level });
}

/** One line of the arithmetic in the reader's language. */
function explainStep({ code, facts }: Step, document: RuleDocument | undefined, language: Language): string {
  const key: TextKey = `rule.step.${code}`;
  if (code === 'goal-counted') return text(language, key, { ...say(facts), ...sayCounted(facts) });
  if (code !== 'message') return text(language, key, say(facts));
  const { leg } = facts;
  const effect = document?.effects.find((one) => one.kind === 'message' && one.leg === leg);
  const message = effect?.kind === 'message' ? inLanguage(effect.texts, language) : undefined;
  return text(language, key, { message: message ?? String(leg) });
}

/** What was done towards a goal, and what was to be done. */
function sayCounted({ of, done, target }: Readonly<Record<string, Fact>>): Facts {
  const part = of === 'share' ? 'share' : of === 'amount' || of === 'total' ? 'amount' : 'count';
  const measured = (fact: Fact): Told[] => [
    { key: `measure.${part === 'count' ? of : part}`, facts: { [part]: sayFact(fact) } },
  ];
  return { done: measured(done!), target: measured(target!) };
}

function inLanguage<T>(texts: Record<string, T> | undefined, language: Language): T | undefined {
  return texts?.[language] ?? texts?.['en'];
}

// The rule's own author says best what it pays for and what it takes.
function ownWords(
  { reason }: Considered,
  texts: RuleDocument['texts'][string] | undefined,
): string | undefined {
  if (reason.code === 'fired') return texts?.award;
  if (reason.code === 'condition-false' || reason.code === 'comparison-false') return texts?.unmet;
  return undefined;
}

/** A reason in the reader's language; `titleOf` names the rule that won, where one did. */
export function explainReason(
  { reason: { code, facts } }: Pick<Considered, 'reason'>,
  titleOf: (code: Fact | undefined) => string,
  language: Language,
): string {
  const key: TextKey = `rule.reason.${code}`;
  return text(language, key, {
    ...say(facts),
    ...(code === 'goal-reached' && { goal: [{ key: `goal.name.${String(facts['per'])}` }] }),
    ...(code === 'goal-short' && { missing: [sayMissing(facts)] }),
    ...((code === 'lower-in-stacking' || code === 'excluded') && { winner: titleOf(facts['winner']) }),
  });
}

/** What is missing to a goal. */
function sayMissing(facts: Readonly<Record<string, Fact>>): Told {
  const goal = [{ key: `goal.short-of.${String(facts['per'])}` }];
  return { key: `goal.missing.${String(facts['of'])}`, facts: { ...say(facts), goal } };
}

function say(facts: Readonly<Record<string, Fact>>): Facts {
  const said: Record<string, Said> = {};
  for (const [name, fact] of Object.entries(facts)) said[name] = sayFact(fact);
  const { of, per } = facts;
  if (per === 'activity') said['counted'] = [{ key: 'rule.counted.activity' }];
  else if (of && per) said['counted'] = [{ key: `rule.counted.${of}` }, { key: `rule.counted.${per}` }];
  return said;
}

// Units are kept in the smallest part of their asset: of money that is its minor unit, of goods a thousandth.
function sayFact(fact: Fact): Said {
  if (typeof fact !== 'object' || 'minor' in fact) return fact;
  const { units, asset } = fact;
  if (isCurrency(asset)) return { minor: units, currency: asset };
  return asset.startsWith('goods:') ? units / 1000 : units;
}
