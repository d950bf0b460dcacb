/**
 * Connectionist temporal classification (Graves et al. 2006): how likely the probabilities say `label`, and what to
 * change. `probabilities` is steps x classes after the softmax; class 0 is blank. Answers the loss (negative natural
 * logarithm) and writes its slope by the values before the softmax into `slopes`; infinite when the label cannot fit.
 */
export function ctcLoss(
  probabilities: Float32Array,
  classes: number,
  label: readonly number[],
  slopes: Float32Array,
): number {
  const steps = probabilities.length / classes;
  const path = label.flatMap((letter) => [0, letter]).concat(0);
  const size = path.length;
  const ahead = new Float64Array(steps * size).fill(-Infinity);
  const back = new Float64Array(steps * size).fill(-Infinity);
  const logOf = (step: number, s: number) => Math.log(probabilities[step * classes + path[s]!]! + 1e-30);
  const maySkip = (s: number) => s >= 2 && path[s] !== 0 && path[s] !== path[s - 2];

  for (let s = 0; s < Math.min(2, size); s += 1) ahead[s] = logOf(0, s);
  for (let step = 1; step < steps; step += 1)
    for (let s = 0; s < size; s += 1) {
      const before = (step - 1) * size + s;
      let sum = ahead[before]!;
      if (s >= 1) sum = addLogs(sum, ahead[before - 1]!);
      if (maySkip(s)) sum = addLogs(sum, ahead[before - 2]!);
      ahead[step * size + s] = sum + logOf(step, s);
    }
  for (let s = Math.max(0, size - 2); s < size; s += 1) back[(steps - 1) * size + s] = 0;
  for (let step = steps - 2; step >= 0; step -= 1)
    for (let s = 0; s < size; s += 1) {
      const after = (step + 1) * size + s;
      let sum = back[after]! + logOf(step + 1, s);
      if (s + 1 < size) sum = addLogs(sum, back[after + 1]! + logOf(step + 1, s + 1));
      if (s + 2 < size && maySkip(s + 2)) sum = addLogs(sum, back[after + 2]! + logOf(step + 1, s + 2));
      back[step * size + s] = sum;
    }

  const last = steps * size - 1;
  const total = size > 1 ? addLogs(ahead[last]!, ahead[last - 1]!) : ahead[last]!;
  if (total === -Infinity) return Infinity;
  slopes.set(probabilities);
  for (let step = 0; step < steps; step += 1)
    for (let s = 0; s < size; s += 1)
      slopes[step * classes + path[s]!]! -= Math.exp(
        ahead[step * size + s]! + back[step * size + s]! - total,
      );
  return -total;
}

function addLogs(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
