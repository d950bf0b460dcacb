import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import type { RuleDocument } from '../src/rules/document.ts';
import { awardsOf } from '../src/rules/evaluation.ts';
import { resolveLists } from '../src/rules/product-lists.ts';
import { bindRules, type RuleBook } from '../src/rules/select.ts';
import { nameId, type ParticipantId } from '../src/shared/id.ts';
import { book, factsOf, judge, line, sale } from './sales.ts';

/** Every example of the page with what it is said to earn. */
const page = readFileSync(path.join(import.meta.dirname, '../docs/rules.md'), 'utf8');
const examples = [...page.matchAll(/```json(.*)\n([\s\S]*?)```\n\n(Earns .*)/g)].map((found) => {
  const [, how, text, earns] = found as unknown as [string, string, string, string];
  return { how: how.trim(), document: JSON.parse(text) as Partial<RuleDocument>, earns };
});
const base = examples.find(({ how }) => how === 'base')!.document as RuleDocument;

const sold = sale(
  [
    line('TEA', { isFocus: true }),
    line('RICE', { category: 'rice', quantityMilli: 4000n, amountMinor: 4000n }),
    line(null, { amountMinor: -650n, quantityMilli: 0n }),
  ],
  { pointsMinor: 1300n, attributes: { scans: 3, filled: 0.85 } },
);
const participant = { kind: 'seller', tier: 'silver', segments: ['tea-friends'] };
const person = (name: string) => nameId<ParticipantId>('page', name);
const links = {
  'referrer participant 1': person('Budi'),
  'referrer participant 2': person('Ani'),
  'owner outlet 1': null,
};

const lists = [{ code: 'must-sell-q3', skus: new Set(['RICE', 'SALT']), from: null, until: null }];
const listed = ({ rules }: RuleBook) => bindRules(rules.flatMap((rule) => resolveLists(rule, lists)));

test('the page has examples, and all of them are run', () => {
  expect(examples.length).toBeGreaterThan(20);
  expect(page.match(/```json/g)).toHaveLength(examples.length);
});

test.each(examples)('$earns', ({ how, document, earns }) => {
  const rule = { ...base, ...document };
  const rules = listed(how === 'with base' ? book(base, rule) : book(rule));
  const evaluation = judge(rules, sold, factsOf('silver', { participant, links }));
  const points = awardsOf(evaluation).reduce((sum, { units }) => sum + units, 0n);
  const to = awardsOf(evaluation)[0]?.to;
  const whose = to ? `s for ${['Budi', 'Ani'].find((name) => person(name) === to)}` : '';
  const said =
    points === 0n ? `nothing: \`${evaluation.considered[0]!.reason.code}\`` : `${points} point${whose}`;
  expect(earns).toMatch(new RegExp(`^Earns ${said}`));
});
