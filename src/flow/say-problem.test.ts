import { describe, expect, test } from 'vitest';

import { rule } from '../../test/sales.ts';
import { languages, type Language } from '../../web/texts/say.ts';
import { parseProgramme } from '../programme/document.ts';
import { parseProgressDocument } from '../progress/document.ts';
import { compileSegment } from '../progress/segment.ts';
import { neighbourProblems, unknownNames } from '../rules/check-neighbours.ts';
import { compileDocument } from '../rules/compile.ts';
import type { Why } from '../rules/problem.ts';
import { sayProblem } from './say-problem.ts';

const all = Object.keys(languages) as Language[];
const problemsOf = (document: unknown) => {
  const compiled = compileDocument(document);
  return compiled.ok ? [] : compiled.problems;
};
const [award] = rule('r').effects;
const goal = { for: 'participant', per: 'week', counts: { of: 'quantity' }, target: 1 } as const;
const perGoal = { kind: 'award', leg: 'g', asset: 'points', per: 'goal', units: 1 } as const;
const condition = (text: string) => rule('r', { condition: text });

/** What people write wrongly, and what they are told of it in English. */
const mistakes: [document: unknown, sentence: string][] = [
  [undefined, 'This is not a JSON document.'],
  [rule('r', { taxClass: '\0' }), 'A text holds a character that cannot be kept.'],
  [{ ...rule('r'), nonsense: 1 }, 'There is no field "nonsense" here.'],
  [{ ...rule('r'), stacking: undefined }, 'This is missing.'],
  [{ ...rule('r'), code: 7 }, 'This must be a text.'],
  [{ ...rule('r'), effects: 'many' }, 'This must be a list.'],
  [{ ...rule('r'), scope: [] }, 'This must be an object with fields.'],
  [{ ...rule('r'), base: 'all' }, 'This must be one of: gross, net-of-discount, net-of-points.'],
  [rule('r', { stacking: { group: 'a', order: -1, mode: 'sum' } }), 'This must be at least 0.'],
  [rule('r', { stacking: { group: 'a', order: 1.5, mode: 'sum' } }), 'This must be a whole number.'],
  [rule('r', { effects: [] }), 'Too few: 1 or more are needed.'],
  [
    rule('r', { texts: { en: { title: 'x'.repeat(81), award: 'a' } } }),
    'Too long: at most 80 characters are allowed.',
  ],
  [rule('r', { texts: { id: { title: 'x', award: 'a' } } }), 'The language en is missing.'],
  [rule('no spaces'), 'This must be letters, digits and : . _ - only, at most 60.'],
  [rule('r', { scope: { kinds: ['a'], from: 'May' } }), 'This must be a day such as 2018-03-21.'],
  [
    rule('r', { scope: { kinds: ['a'], from: '2018-02-02', to: '2018-02-01' } }),
    'The period ends on 2018-02-01, before it starts on 2018-02-02.',
  ],
  [
    rule('r', { scope: { kinds: ['a'], attributes: { Facings: 'int' } } }),
    'This must be a name such as facings.',
  ],
  [
    rule('r', { effects: [award!, award!] }),
    'Two effects have the same leg and asset; give each leg a name of its own.',
  ],
  [
    rule('r', { limits: [{ of: 'rule', per: 'day', asset: 'stars', units: 1, over: 'nothing' }] }),
    'The rule does not award stars.',
  ],
  [rule('r', { goal }), 'A rule with a goal pays per goal, and no other rule does.'],
  [rule('r', { goal, effects: [perGoal], to: { link: 'owner' } }), 'A goal is paid to whose goal it is.'],
  [condition('shop == 1'), 'There is no "shop" here. Known here: activity, participant, outlet, eligible.'],
  [condition('activity.total > 1'), 'There is no field "total" here.'],
  [condition('activity.hour'), 'It gives int; it must give bool.'],
  [
    condition('activity.kind.matches("a")'),
    'matches() is not allowed: some patterns never end. Use glob(text, "a*b") or oneOf(text, [...]).',
  ],
  [
    condition('activity.hour > 1.5'),
    'Write texts, whole numbers, true or false; amounts are whole numbers of the smallest part.',
  ],
  [condition('activity.kind == 1'), 'The expression is not right: no such overload: string == int.'],
  [condition('now() > 1'), 'There is no function "now".'],
];

describe('what is wrong with a rule', () => {
  test.each(mistakes)('%j', (document, sentence) => {
    const [first] = problemsOf(document);
    expect(sayProblem(first!, 'en')).toContain(sentence);
  });

  test('is said in every language, with what it is about', () => {
    const others = [rule('other', { stacking: { group: 'base', order: 1, mode: 'best' } })];
    const named = rule('named', {
      scope: { kinds: ['selfie'], attributes: { place: 'int' }, audience: { tiers: ['glod'] } },
    });
    const known = { tiers: ['gold'], kinds: { 'shelf-photo': { attributes: { place: 'string' as const } } } };
    const photo = rule('photo', { scope: { kinds: ['shelf-photo'], attributes: { place: 'int' } } });
    const segment = compileSegment({
      format: 1,
      kind: 'segment',
      code: 's',
      title: { en: 'S' },
      counters: {},
      condition: 'participant.age > 1',
    });
    const tiers = parseProgressDocument({ format: 1, kind: 'tiers', code: 't' });
    const programme = parseProgramme({ programme: { code: 'p', timeZone: 'Mars' }, rules: [] });
    const found: Why[] = [
      ...mistakes.flatMap(([document]) => problemsOf(document)),
      ...neighbourProblems(named, others),
      ...unknownNames(named, known),
      ...unknownNames(photo, known),
      ...segment.problems,
      ...(tiers.ok ? [] : tiers.problems),
      ...(programme.ok ? [] : programme.problems),
    ];
    expect(new Set(found.map(({ why }) => why)).size).toBeGreaterThan(30);
    for (const language of all)
      for (const one of found) {
        const sentence = sayProblem(one, language);
        expect(sentence).not.toMatch(/problem\.|\{\w+\}|undefined/);
        const isTranslated = language === 'en' || sentence !== sayProblem(one, 'en');
        expect(isTranslated, `${language} ${one.why}`).toBe(true);
      }
  });
});
