import { counted } from '../rules/evaluate-effects.ts';
import { expiryOf, pendingOf } from '../rules/evaluate-dates.ts';
import { limitLegs, usageKeysOf, usesOf, type Leg, type LimitView } from '../rules/evaluate-limits.ts';
import type { Award, Considered, Evaluation, Fact, Step, Usage, UsageKey } from '../rules/evaluation.ts';
import type { OutletId, ParticipantId } from '../shared/id.ts';
import { weekdayOf } from '../shared/time.ts';
import type { SubjectId } from './counter.ts';
import { reasonOf, type Standing } from './evaluate-goal.ts';
import { isShare, type GoalRule } from './goal.ts';
import type { Period } from './period.ts';

/** What a goal is to bring before anything was reached. */
export const nothingAsked = '[]';

/** What is to be paid before limits, as a text: a goal is settled again where it is another one than before. Pure. */
export function askedBy(standing: Standing | null): string {
  if (!standing) return nothingAsked;
  const { rule, period, earned } = standing;
  const { expires, taxClass, pending } = rule.document;
  return JSON.stringify(
    earned.map(({ leg, asset, units }) => [
      leg,
      asset,
      units,
      expiryOf(expires, period.last) ?? null,
      pendingOf(pending, period.last) ?? null,
      taxClass ?? null,
    ]),
  );
}

/** What the limits of its rule count for somebody's goal. Pure. */
export function goalUsageKeys(standing: Standing, subject: SubjectId): UsageKey[] {
  return usageKeysOf(standing.rule, viewOf(subject, standing.period));
}

/** What a goal pays under its rule's limits, given what was used before, and why. Pure. */
export function settlementUnder(
  standing: Standing | null,
  subject: SubjectId,
  usage: Usage,
): Pick<Evaluation, 'considered' | 'uses'> {
  if (!standing) return { considered: [], uses: [] };
  const { rule, period, earned } = standing;
  const view = viewOf(subject, period);
  const limited = limitLegs(
    rule,
    earned.map((effect) => legOf(effect, standing)),
    view,
    usage,
  );
  const legs = limited.legs.filter(({ units }) => units > 0n);
  const considered: Considered = {
    rule: rule.id,
    code: rule.document.code,
    version: rule.version,
    fired: legs.length > 0,
    reason: limited.reached ?? reasonOf(standing),
    steps: legs.length > 0 ? [...countedSteps(standing), ...legs.flatMap(({ steps }) => steps)] : [],
    awards: legs.map((leg) => awardOf(rule, leg, period)),
  };
  return { considered: [considered], uses: usesOf(rule, legs, view) };
}

/** What was counted on which days, of what was to be reached: by this the payment is explained. */
function countedSteps({ rule, counted: { first, last }, done, target }: Standing): Step[] {
  const { counts, inARow } = rule.document.goal;
  const of = isShare(counts) ? 'share' : counts.of;
  const fact = (value: bigint): Fact => {
    if (isShare(counts)) return Number(value) / 1e4;
    if ('currency' in counts) return { minor: Number(value), currency: counts.currency };
    return Number(value) / (counts.of === 'quantity' ? 1000 : 1);
  };
  const facts = { from: first, to: last, of, done: fact(done), target: fact(target!) };
  const inRow: Step[] = inARow === undefined ? [] : [{ code: 'goal-in-a-row', facts: { count: inARow } }];
  return [{ code: 'goal-counted', facts }, ...inRow];
}

function legOf({ leg, asset, units, at = 100 }: Standing['earned'][number], { rule }: Standing): Leg {
  const times = rule.document.goal.inARow ?? 1;
  const facts = { percent: at / 100, times, result: counted(BigInt(units), asset) };
  return { leg, asset, units: BigInt(units), steps: [{ code: 'goal', facts }] };
}

function awardOf(rule: GoalRule, { leg, asset, units }: Leg, { last }: Period): Award {
  const { code, taxClass, expires, pending } = rule.document;
  const [expiresOn, pendingUntil] = [expiryOf(expires, last), pendingOf(pending, last)];
  return {
    rule: rule.id,
    code,
    version: rule.version,
    leg,
    asset,
    units,
    ...(expiresOn !== undefined && { expiresOn }),
    ...(pendingUntil !== undefined && { pending: pendingUntil }),
    ...(taxClass !== undefined && { taxClass }),
  };
}

// A limit counts a goal for the one whose goal it is, on the first day of its period.
function viewOf(subject: SubjectId, { first }: Period): LimitView {
  const activity = { participant: subject as ParticipantId, outlet: subject as OutletId };
  return { activity, wall: { day: first, weekday: weekdayOf(first), hour: 0, minute: 0 } };
}
