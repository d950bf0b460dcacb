import type { Language, TextKey } from '../../web/texts/say.ts';
import { text } from '../notify/texts.ts';
import type { RuleProblem, Why } from '../rules/problem.ts';
import type { Refused } from '../shared/refusal.ts';

/** What is wrong with a document, one sentence in the reader's language. */
export function sayProblem({ why, facts = {} }: Why, language: Language): string {
  const key: TextKey = `problem.${why}`;
  return text(language, key, facts);
}

/** A refusal in the reader's language, and its facts; of a document that is not in order the first problem is told. */
export function sayRefusal(
  refused: Refused & { problems?: readonly RuleProblem[] },
  language: Language,
): { sentence: string; facts: Refused['facts'] } {
  const [first] = refused.problems ?? [];
  const facts = first
    ? { ...refused.facts, problem: sayProblem(first, language), at: first.at }
    : refused.facts;
  return { sentence: text(language, `refusal.${refused.refused}`, facts ?? {}), facts };
}
