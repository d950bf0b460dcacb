/** A comparison that a segment's condition is made of: `counted.visits >= 2`, `participant.tier == "gold"`. */
export type Comparison = { subject: string; is: string; value: string };
export type Comparisons = { join: '&&' | '||'; parts: Comparison[] };

// The figure may be missing while it is typed; the server says so.
const counted = /^(counted\.[a-z]\w*) (>=|<=|>|<|==|!=)(?: (\d{1,15}))?$/;
const trait = /^(participant\.(?:tier|kind|language|code)) (==|!=) (["'])([^"'\\]*)\3$/;

/** The comparisons of a condition, all or one of which must hold; null where it says more than that. Pure. */
export function readComparisons(condition: string): Comparisons | null {
  const join = condition.includes('||') ? '||' : '&&';
  const parts = condition.split(join).map((part) => readOne(part.trim().replaceAll(/\s+/g, ' ')));
  return parts.every((part) => part !== null) ? { join, parts } : null;
}

function readOne(part: string): Comparison | null {
  const figure = counted.exec(part);
  if (figure) return { subject: figure[1]!, is: figure[2]!, value: figure[3] ?? '' };
  const word = trait.exec(part);
  return word && { subject: word[1]!, is: word[2]!, value: word[4]! };
}

/** Comparisons as the condition that they are. Pure. */
export function writeComparisons({ join, parts }: Comparisons): string {
  return parts
    .map(({ subject, is, value }) =>
      `${subject} ${is} ${isCounted(subject) ? value : JSON.stringify(value)}`.trim(),
    )
    .join(` ${join} `);
}

/** Whether a figure is compared, else a word. */
export const isCounted = (subject: string): boolean => subject.startsWith('counted.');
