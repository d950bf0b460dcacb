/** One character with the probability that the recogniser gave it. */
export type Letter = { char: string; probability: number };

/**
 * Best path of a CTC output (Graves et al. 2006), steps x classes: the likeliest class of each step, repeats and blanks
 * dropped. Class 0 is blank. Spaces neither begin nor end a line, and follow one another never.
 */
export function decodeLetters(classes: readonly string[], output: Float32Array): Letter[] {
  const letters: Letter[] = [];
  let previous = 0;
  for (let row = 0; row < output.length; row += classes.length) {
    let best = 0;
    for (let c = 1; c < classes.length; c += 1) if (output[row + c]! > output[row + best]!) best = c;
    const probability = output[row + best]!;
    const last = letters[letters.length - 1];
    if (best === previous) {
      if (best !== 0 && last) last.probability = Math.max(last.probability, probability);
    } else if (best !== 0 && !(classes[best] === ' ' && (!last || last.char === ' '))) {
      letters.push({ char: classes[best]!, probability });
    }
    previous = best;
  }
  if (letters[letters.length - 1]?.char === ' ') letters.pop();
  return letters;
}
