import { z } from 'zod';

import type { NewProgramme, ProgrammeSettings } from '../network/programmes.ts';
import { parseProgressDocument, type ProgressDocument } from '../progress/document.ts';
import { compileSegment } from '../progress/segment.ts';
import { compileDocument } from '../rules/compile.ts';
import type { RuleDocument } from '../rules/document.ts';
import { must, shapeProblems, type RuleProblem } from '../rules/problem.ts';
import { neighbourProblems, unknownNames } from '../rules/check-neighbours.ts';
import { activityKinds } from '../rules/document-kinds.ts';
import { isCurrency } from '../shared/money.ts';
import { isDay, periodPattern } from '../shared/time.ts';

const day = z.string().refine(isDay, must('day'));
const units = z.int().min(0);

// Every setting of a programme has a line here, or the program does not compile.
const settings = {
  totalMinorMax: z.int().min(1),
  dateOrder: z.enum(['dmy', 'mdy', 'ymd']),
  clawback: z.enum(['only-pending', 'within-balance', 'allow-debt', 'offset-next-earnings']),
  inactivity: z.record(
    z.string(),
    z.strictObject({
      after: z.string().regex(periodPattern),
      endOf: z.enum(['month', 'quarter', 'year']).optional(),
    }),
  ),
  expiredRefund: z.union([z.literal('expire'), z.strictObject({ graceDays: z.int().min(0).max(3650) })]),
  expiryNoticeDays: z.int().min(0).max(365),
  giftUnitsPerDayMax: units,
  launchAlone: z.record(z.string(), units),
  kinds: activityKinds,
} satisfies Record<keyof ProgrammeSettings, z.ZodType>;

const programmeShape = z.strictObject({
  format: z.literal(1),
  code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/),
  name: z.string().min(1).max(120),
  startsOn: day,
  endsOn: day,
  timeZone: z.string().refine(isTimeZone, must('timeZone')),
  currency: z.string().refine(isCurrency, must('currency')),
  /** The assets that its rules award; those that a tenant lacks are made. */
  assets: z
    .array(
      z.strictObject({
        code: z.string().min(1).max(60),
        kind: z.enum(['points', 'status', 'money', 'goods', 'codes']),
        scale: z.int().min(0).max(6),
      }),
    )
    .max(100)
    .optional(),
  settings: z.strictObject(settings).partial(),
});

const programmeDocument = programmeShape.refine(({ startsOn, endsOn }) => startsOn <= endsOn, {
  path: ['endsOn'],
  message: must('endBeforeStart'),
});

/** The frame of a programme as it is written in `programme.json`. */
export type ProgrammeDocument = z.infer<typeof programmeDocument>;

/** What stands beside the rules: tiers, segments, discounts. */
export type OtherDocument = ProgressDocument;

/** A whole programme as text: the same as in the database. All of them are, or are to be, live. */
export type ProgrammeDocuments = {
  programme: ProgrammeDocument;
  rules: RuleDocument[];
  others: OtherDocument[];
};

/** What is wrong with a programme's documents: in which one (`programme`, `rules/CODE`, `segment/CODE`), and where in it. */
export type DocumentProblem = Pick<RuleProblem, 'at' | 'why' | 'facts'> & { document: string };

/** Checks the documents of a programme, each for itself and beside the others. Pure. Answers with every problem it finds. */
export function parseProgramme(given: {
  programme: unknown;
  rules: readonly unknown[];
  others?: readonly unknown[] | undefined;
}): { ok: true; documents: ProgrammeDocuments } | { ok: false; problems: DocumentProblem[] } {
  const problems: DocumentProblem[] = [];
  const programme = programmeDocument.safeParse(given.programme);
  if (!programme.success) problems.push(...within('programme', shapeProblems(programme.error.issues)));
  const compiled = given.rules.map((rule) => compileDocument(rule));
  const rules = compiled.flatMap((one) => (one.ok ? [one.document] : []));
  const others = parseOthers(given.others ?? [], problems);
  const known = {
    kinds: programme.data?.settings.kinds,
    lists: others.flatMap((one) => (one.kind === 'list' ? [one.code] : [])),
  };
  for (const [index, one] of compiled.entries()) {
    const found = one.ok
      ? [...unknownNames(one.document, known), ...neighbourProblems(one.document, rules)]
      : one.problems;
    const document = `rules/${codeOf(given.rules[index], index)}`;
    problems.push(...within(document, found));
  }
  const codes = rules.map(({ code }) => code);
  for (const code of codes.filter((one, index) => codes.indexOf(one) < index))
    problems.push({ document: `rules/${code}`, at: 'code', why: 'twice', facts: { name: code } });
  if (!programme.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, documents: { programme: programme.data, rules, others } };
}

function parseOthers(given: readonly unknown[], problems: DocumentProblem[]): OtherDocument[] {
  const names = new Set<string>();
  return given.flatMap((one, index): OtherDocument[] => {
    const parsed = parseProgressDocument(one);
    if (!parsed.ok) {
      problems.push(...within(`others/${codeOf(one, index)}`, parsed.problems));
      return [];
    }
    const { document } = parsed;
    const name = nameOf(document);
    if (document.kind === 'segment') problems.push(...within(name, compileSegment(document).problems));
    if (names.has(name)) problems.push({ document: name, at: 'code', why: 'twice', facts: { name } });
    names.add(name);
    return [document];
  });
}

function within(document: string, problems: readonly RuleProblem[]): DocumentProblem[] {
  return problems.map(({ at, why, facts }) => ({ document, at, why, ...(facts && { facts }) }));
}

/** Names a document that is no rule: its kind and its code. */
export function nameOf({ kind, code }: Pick<OtherDocument, 'kind' | 'code'>): string {
  return `${kind}/${code}`;
}

/** The frame of a programme as a document. */
export function programmeAsDocument(
  programme: Required<NewProgramme>,
  assets: NonNullable<ProgrammeDocument['assets']>,
): ProgrammeDocument {
  const { code, name, startsOn, endsOn, timeZone, currency, settings } = programme;
  return { format: 1, code, name, startsOn, endsOn, timeZone, currency, assets, settings };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function codeOf(rule: unknown, index: number): string {
  const code = rule !== null && typeof rule === 'object' && 'code' in rule ? rule.code : undefined;
  return typeof code === 'string' ? code : `number ${index + 1}`;
}
