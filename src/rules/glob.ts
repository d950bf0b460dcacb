/**
 * True when the text fits the pattern, in which `*` stands for any characters; upper and lower case are the same. Time
 * grows with text times pattern and never faster, which is why expressions get this and no regular expressions.
 */
export function glob(text: string, pattern: string): boolean {
  return globber(pattern)(text);
}

/** `glob` for one pattern, made ready for many texts. */
export function globber(pattern: string): (text: string) => boolean {
  const [head = '', ...parts] = pattern.toLowerCase().split('*');
  const tail = parts.pop();
  return (text) => fits(text.toLowerCase(), head, parts, tail);
}

function fits(lower: string, head: string, parts: readonly string[], tail: string | undefined): boolean {
  if (tail === undefined) return lower === head;
  if (!lower.startsWith(head) || !lower.endsWith(tail)) return false;
  let from = head.length;
  const to = lower.length - tail.length;
  // Taking each part at its first place leaves the most room for the parts after it.
  for (const part of parts) {
    const at = lower.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= to;
}

/** True when the text fits one of the patterns of `glob`. */
export function oneOf(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => glob(text, pattern));
}
