const startedAt = performance.now();

/** Tells people on standard error how far a benchmark is; standard output is for the result alone. */
export function tell(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(5);
  process.stderr.write(`${seconds} s  ${line}\n`);
}
