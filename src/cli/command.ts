import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';

/** One command of the program; its file exports these, and stands in the table of mitra.ts. */
export type Command = {
  /** How it is called, option by option. */
  usage: string;
  /** Does it and answers the exit code: 0 done, 1 something is wrong. */
  run(args: string[]): Promise<number>;
};

/** The command was called wrongly, in words for the person who typed it. */
export class UsageProblem extends Error {}

/** Takes a command's arguments apart; throws UsageProblem for what it does not know. */
export function readArgs<T extends ParseArgsOptionsConfig>(
  args: string[],
  options: T,
  positionals: string[] = [],
) {
  try {
    const read = parseArgs({ args, options, allowPositionals: true, strict: true });
    if (positionals.length === 0 && read.positionals.length > 0)
      throw new Error(`There is nothing to do with "${read.positionals[0]}".`);
    return read;
  } catch (error) {
    // Only the first sentence; the second is about the parser.
    throw new UsageProblem((error as Error).message.split('. ')[0], { cause: error });
  }
}

/** Prints the one JSON document of a command; amounts above 2^53 stay exact as text. */
export function printJson(document: unknown): void {
  const plain = (_key: string, value: unknown) =>
    typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)) : value;
  process.stdout.write(`${JSON.stringify(document, plain, 2)}\n`);
}

/** Prints a line for people. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}
