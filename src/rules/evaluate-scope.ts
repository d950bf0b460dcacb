import type { Activity, ActivityLine, Attributes } from '../activity/activity.ts';
import { wallTime, type WallTime } from '../shared/time.ts';
import type { CompiledRule, Listed } from './compile.ts';
import type { ParticipantId } from '../shared/id.ts';
import { payeeName } from './document-payee.ts';
import { partOf, shareOf, type Share } from './evaluate-base.ts';
import { armOf } from './evaluate-experiment.ts';
import type { Fact, Facts, Reason, ReasonCode, Subject } from './evaluation.ts';
import { toInt, type EligibleValue, type Int, type LineValue, type Values } from './vocabulary.ts';

/** A line with a product, beside the value that expressions see. */
export type ViewLine = { line: ActivityLine; value: LineValue };

/** An activity as all rules look at it: made once, however many rules there are. */
export type View = {
  activity: Activity;
  facts: Facts;
  wall: WallTime;
  /** Only lines with a product can be eligible. */
  lines: readonly ViewLine[];
  values: Omit<Values, 'eligible'>;
};

export function viewOf({ activity, facts }: Subject): View {
  const wall = wallTime(activity.occurredAt, facts.timeZone);
  const all = activity.lines.map((line) => ({ line, value: lineValue(line) }));
  const { kind, tier } = facts.participant;
  return {
    activity,
    facts,
    wall,
    lines: all.filter(({ line }) => line.product !== null),
    values: {
      activity: {
        kind: activity.kind,
        currency: activity.currency,
        date: wall.day,
        weekday: wall.weekday,
        hour: wall.hour,
        totalMinor: toInt(activity.totalMinor),
        lines: all.map(({ value }) => value),
        attributes: activity.attributes ?? noValues,
      },
      participant: {
        kind: kind ?? undefined,
        tier: tier ?? undefined,
        segments: facts.participant.segments,
      },
      ...(facts.outlet && { outlet: outletValue(facts.outlet) }),
    },
  };
}

const noValues: Attributes = Object.freeze(Object.create(null));

/** The lines that count for a rule, and the part of their amounts that does. */
export type Basket = { lines: readonly ViewLine[]; share: Share; values: Values };

/** What effects and expressions of a rule see of these lines. */
export function basketOf({ document }: CompiledRule, lines: readonly ViewLine[], view: View): Basket {
  const share = shareOf(document.base, view.activity);
  const eligible = new Eligible(lines, share);
  return { lines, share, values: { ...view.values, eligible } };
}

// Few expressions ask for a sum, so it is made when the first one does.
class Eligible implements EligibleValue {
  readonly #given: readonly ViewLine[];
  readonly #share: Share;
  #lines: readonly LineValue[] | undefined;
  #quantityMilli: Int | undefined;
  #amountMinor: Int | undefined;
  constructor(given: readonly ViewLine[], share: Share) {
    this.#given = given;
    this.#share = share;
  }
  get lines(): readonly LineValue[] {
    return (this.#lines ??= this.#given.map(({ value }) => value));
  }
  get count(): Int {
    return this.#given.length;
  }
  get quantityMilli(): Int {
    return (this.#quantityMilli ??= toInt(quantityOf(this.#given)));
  }
  get amountMinor(): Int {
    return (this.#amountMinor ??= toInt(amountOf(this.#given, this.#share)));
  }
}

export function quantityOf(lines: readonly ViewLine[]): bigint {
  return lines.reduce((sum, { line }) => sum + line.quantityMilli, 0n);
}

export function amountOf(lines: readonly ViewLine[], share: Share = null): bigint {
  const amountMinor = lines.reduce((sum, { line }) => sum + line.amountMinor, 0n);
  return partOf(amountMinor, share);
}

/** The lines that count for the rule: those whose product fits everything the scope says of products. */
export function eligibleLines(rule: CompiledRule, lines: readonly ViewLine[]): readonly ViewLine[] {
  const { focus } = rule.document.scope.products ?? {};
  const { skus, categories } = rule.scopeSets;
  if (skus === null && categories === null && focus === undefined) return lines;
  return lines.filter(
    ({ line }) =>
      (skus === null || skus.set.has(line.sku ?? '')) &&
      (categories === null || categories.set.has(line.category ?? '')) &&
      (focus === undefined || line.isFocus === focus),
  );
}

/** True when the event falls into the span that this version of the rule judges. */
export function isInForce(rule: CompiledRule, at: Date): boolean {
  const { effectiveFrom, effectiveUntil } = rule;
  return (effectiveFrom === null || at >= effectiveFrom) && (effectiveUntil === null || at < effectiveUntil);
}

/**
 * The first thing in the rule's scope that the activity does not fit, or null when it fits all of it. `eligible`: the lines
 * that count for the rule, where they are known already.
 */
export function outOfScope(rule: CompiledRule, view: View, eligible?: readonly ViewLine[]): Reason | null {
  const { facts, wall, lines } = view;
  const { from, to } = rule.document.scope;
  if (from && wall.day < from) return reason('before-period', { date: wall.day, from });
  if (to && wall.day > to) return reason('after-period', { date: wall.day, to });
  const sets = rule.scopeSets;
  const { participant, outlet } = facts;
  return (
    notAmong('other-participant', 'participant.kind', sets.participantKinds, participant.kind) ??
    notAmong('other-tier', 'participant.tier', sets.tiers, participant.tier) ??
    notInSegment(sets.segments, participant.segments ?? null) ??
    notInArea(sets.areas, outlet?.areas ?? null) ??
    notAmong('other-channel', 'outlet.channel', sets.channels, outlet?.channel ?? null) ??
    notAmong('other-outlet', 'outlet.code', sets.outlets, outlet?.code ?? null) ??
    heldOut(rule, view) ??
    (rule.needsLine && (eligible ?? eligibleLines(rule, lines)).length === 0
      ? reason('no-eligible-line', { lines: lines.length })
      : null)
  );
}

/** Who is paid instead of the participant: null where nobody is linked, or it is not known. */
export function payeeOf(
  { document: { to } }: CompiledRule,
  { links }: Pick<Facts, 'links'>,
): ParticipantId | null {
  return (to && links?.[payeeName(to)]) ?? null;
}

/** Why nobody can be paid; null where somebody can. */
export function unpayable({ document: { to } }: CompiledRule, { facts }: View): Reason | null {
  if (!to) return null;
  const found = facts.links?.[payeeName(to)];
  if (found) return null;
  return found === null
    ? reason('nobody-linked', { link: to.link, level: to.level ?? 1 })
    : reason('context-missing', { fact: `link ${payeeName(to)}` });
}

function heldOut({ document: { experiment } }: CompiledRule, { activity }: View): Reason | null {
  if (!experiment || armOf(experiment, activity[experiment.of]) === 'treatment') return null;
  return reason('in-hold-out', { experiment: experiment.name });
}

export function reason(code: ReasonCode, facts: Record<string, Fact> = {}): Reason {
  return { code, facts };
}

function notAmong(
  code: ReasonCode,
  fact: string,
  wanted: Listed | null,
  value: string | null,
): Reason | null {
  if (wanted === null || (value !== null && wanted.set.has(value))) return null;
  if (value === null) return reason('context-missing', { fact });
  return reason(code, { value, wanted: wanted.text });
}

function notInArea(wanted: Listed | null, areas: readonly string[] | null): Reason | null {
  if (wanted === null || areas?.some((area) => wanted.set.has(area))) return null;
  return notAmong('other-area', 'outlet.areas', wanted, areas?.[0] ?? null);
}

// Nobody need belong to a segment, so none is no fact that is missing.
function notInSegment(wanted: Listed | null, segments: readonly string[] | null): Reason | null {
  if (wanted === null || segments?.some((segment) => wanted.set.has(segment))) return null;
  if (segments === null) return reason('context-missing', { fact: 'participant.segments' });
  return reason('other-segment', { wanted: wanted.text });
}

// Texts of lines without a product are there to be read; what such a line lacks is empty and not absent, so that a
// condition over all lines can be decided.
function lineValue(line: ActivityLine): LineValue {
  const { text, sku, category, isFocus, quantityMilli, amountMinor } = line;
  return {
    text,
    sku: sku ?? '',
    category: category ?? '',
    isFocus,
    quantityMilli: toInt(quantityMilli),
    amountMinor: toInt(amountMinor),
  };
}

function outletValue({ code, channel, areas }: NonNullable<Facts['outlet']>): Values['outlet'] {
  return { code, channel: channel ?? undefined, area: areas[0], areas };
}
