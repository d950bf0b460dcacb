import type { CompiledRule } from './compile.ts';
import { payeeName, type Payee } from './document-payee.ts';
import type { View } from './evaluate-scope.ts';

/** One bit for each rule, 32 to a word. */
type Bits = Uint32Array;

/** For one fact: the rules that accept each value (those that accept any among them), and those that accept any. */
type Dimension = { any: Bits; values: Map<string, Bits> };

/** For a point on a line (a day, a moment): the rules whose span contains it. `starts` are sorted; bits[i] holds from starts[i]. */
type Spans<Point> = { starts: Point[]; bits: Bits[] };

/** The rules of a programme with the facts of their scopes turned round: from a value to the rules that accept it. */
export type RuleBook = {
  /** In order of stacking, then code, then version. */
  rules: readonly CompiledRule[];
  force: Spans<number>;
  period: Spans<string>;
  /** Whom rules pay instead of the participant: what must be known of links. */
  payees: readonly Payee[];
  dimensions: Record<keyof typeof facts, Dimension>;
  /** Room to combine bits in, so that asking makes no arrays; nothing in it outlives a question. */
  room: { fits: Bits; accepted: Bits };
};

/** How many rules for this kind of activity the index left out, by the first fact that they do not fit. */
export type PassedOver = Partial<
  Record<'period' | 'products' | Exclude<keyof typeof facts, Product>, number>
>;
type Product = 'sku' | 'category' | 'focus' | 'kind';

// In the order in which `outOfScope` asks, so that both name the same first misfit.
const facts = {
  kind: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.kinds?.set ?? null,
    given: ({ activity }: View) => [activity.kind],
  },
  participant: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.participantKinds?.set ?? null,
    given: ({ facts }: View) => [facts.participant.kind],
  },
  tier: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.tiers?.set ?? null,
    given: ({ facts }: View) => [facts.participant.tier],
  },
  segment: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.segments?.set ?? null,
    given: ({ facts }: View) => facts.participant.segments ?? [],
  },
  area: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.areas?.set ?? null,
    given: ({ facts }: View) => facts.outlet?.areas ?? [],
  },
  channel: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.channels?.set ?? null,
    given: ({ facts }: View) => [facts.outlet?.channel ?? null],
  },
  outlet: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.outlets?.set ?? null,
    given: ({ facts }: View) => [facts.outlet?.code ?? null],
  },
  sku: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.skus?.set ?? null,
    given: ({ lines }: View) => lines.map(({ line }) => line.sku),
  },
  category: {
    accepted: ({ scopeSets }: CompiledRule) => scopeSets.categories?.set ?? null,
    given: ({ lines }: View) => lines.map(({ line }) => line.category),
  },
  focus: {
    accepted: ({ document }: CompiledRule) => {
      const focus = document.scope.products?.focus;
      return focus === undefined ? null : [String(focus)];
    },
    given: ({ lines }: View) => lines.map(({ line }) => String(line.isFocus)),
  },
};
type Fact = keyof typeof facts;
const names = Object.keys(facts) as Fact[];
const others = names.filter((name) => name !== 'kind');
const misfits = Object.fromEntries(
  others.map((name) => [name, ['sku', 'category', 'focus'].includes(name) ? 'products' : name]),
) as Record<Exclude<Fact, 'kind'>, keyof PassedOver>;

/** Sorts and indexes rules for evaluation. Pure; costs about a microsecond for each value in a scope. */
export function bindRules(given: readonly CompiledRule[]): RuleBook {
  const rules = given.toSorted(byOrder);
  return {
    rules,
    force: spansOf(rules, -Infinity, ({ effectiveFrom, effectiveUntil }) => [
      effectiveFrom?.getTime() ?? -Infinity,
      effectiveUntil?.getTime() ?? Infinity,
    ]),
    // Days compare as texts; what follows the last day is the first text after it.
    period: spansOf(rules, '', ({ document: { scope } }) => [
      scope.from ?? '',
      scope.to ? `${scope.to}~` : '~',
    ]),
    payees: payeesOf(rules),
    dimensions: Object.fromEntries(
      names.map((name) => [name, dimensionOf(rules, facts[name].accepted)]),
    ) as RuleBook['dimensions'],
    room: { fits: noneOf(rules), accepted: noneOf(rules) },
  };
}

/**
 * The rules whose scope the activity may fit, in the book's order: a few words of bits are combined instead of asking
 * each rule. No rule that fits is missing; a rule may be named whose combination of products does not fit.
 */
export function candidatesOf(book: RuleBook, view: View): CompiledRule[] {
  return named(book.rules, narrow(book, view, null));
}

/** As `candidatesOf`, with a note of how many rules were passed over for which fact. */
export function selectRules(
  book: RuleBook,
  view: View,
): { candidates: CompiledRule[]; passedOver: PassedOver } {
  const passedOver: PassedOver = {};
  return { candidates: named(book.rules, narrow(book, view, passedOver)), passedOver };
}

function narrow(book: RuleBook, view: View, passedOver: PassedOver | null): Bits {
  const { fits, accepted: room } = book.room;
  fits.set(bitsAt(book.force, view.activity.occurredAt.getTime()));
  intersect(fits, accepting(book.dimensions.kind, facts.kind.given(view), room));
  let left = passedOver ? countOf(fits) : 0;
  const keep = (accepted: Bits, misfit: keyof PassedOver) => {
    if (!intersect(fits, accepted) || !passedOver) return;
    const before = left;
    left = countOf(fits);
    passedOver[misfit] = (passedOver[misfit] ?? 0) + before - left;
  };
  keep(bitsAt(book.period, view.wall.day), 'period');
  for (const name of others) {
    const dimension = book.dimensions[name];
    if (dimension.values.size > 0) keep(accepting(dimension, facts[name].given(view), room), misfits[name]);
  }
  return fits;
}

function payeesOf(rules: readonly CompiledRule[]): Payee[] {
  const all = rules.flatMap(({ document: { to } }) => (to ? [[payeeName(to), to] as const] : []));
  return [...new Map(all).values()];
}

function byOrder(a: CompiledRule, b: CompiledRule): number {
  const [one, other] = [a.document, b.document];
  return one.stacking.order - other.stacking.order || compare(one.code, other.code) || a.version - b.version;
}

function compare<T>(a: T, b: T): number {
  return a < b ? -1 : Number(a > b);
}

function dimensionOf(
  rules: readonly CompiledRule[],
  accepts: (rule: CompiledRule) => Iterable<string> | null,
): Dimension {
  const any = noneOf(rules);
  const values = new Map<string, Bits>();
  for (const [place, rule] of rules.entries()) {
    const accepted = accepts(rule);
    if (accepted === null) set(any, place);
    for (const value of accepted ?? []) {
      if (!values.has(value)) values.set(value, noneOf(rules));
      set(values.get(value)!, place);
    }
  }
  for (const bits of values.values()) unite(bits, any);
  return { any, values };
}

// Between two points where some rule begins or ends, the same rules hold; so each such stretch has its bits.
function spansOf<Point>(
  rules: readonly CompiledRule[],
  first: Point,
  spanOf: (rule: CompiledRule) => [from: Point, until: Point],
): Spans<Point> {
  const spans = rules.map(spanOf);
  const starts = [...new Set([first, ...spans.flat()])].toSorted(compare);
  const bits = starts.map((start) => {
    const held = noneOf(rules);
    for (const [place, [from, until]] of spans.entries())
      if (from <= start && start < until) set(held, place);
    return held;
  });
  return { starts, bits };
}

function bitsAt<Point>({ starts, bits }: Spans<Point>, at: Point): Bits {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return bits[low]!;
}

function accepting({ any, values }: Dimension, given: readonly (string | null)[], bits: Bits): Bits {
  const [only] = given;
  if (given.length <= 1) return (only ? values.get(only) : undefined) ?? any;
  bits.set(any);
  for (const value of given) {
    const more = value === null ? undefined : values.get(value);
    if (more) unite(bits, more);
  }
  return bits;
}

function named(rules: readonly CompiledRule[], bits: Bits): CompiledRule[] {
  const found: CompiledRule[] = [];
  for (let index = 0; index < bits.length; index += 1)
    for (let left = bits[index]!; left !== 0; left &= left - 1)
      found.push(rules[index * 32 + (31 - Math.clz32(left & -left))]!);
  return found;
}

function noneOf(rules: readonly CompiledRule[]): Bits {
  return new Uint32Array(Math.ceil(rules.length / 32));
}

// Bits are added up in pairs, then in fours, then in bytes.
function countOf(bits: Bits): number {
  let count = 0;
  for (let index = 0; index < bits.length; index += 1) {
    const word = bits[index]!;
    const pairs = word - ((word >>> 1) & 0x55555555);
    const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
    count += Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

function set(bits: Bits, place: number): void {
  bits[place >>> 5]! |= 1 << (place & 31);
}

function unite(bits: Bits, other: Bits): void {
  for (let index = 0; index < bits.length; index += 1) bits[index]! |= other[index]!;
}

/** Whether any bit was lost. */
function intersect(bits: Bits, other: Bits): boolean {
  let lost = 0;
  for (let index = 0; index < bits.length; index += 1) {
    lost |= bits[index]! & ~other[index]!;
    bits[index]! &= other[index]!;
  }
  return lost !== 0;
}
