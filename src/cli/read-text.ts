import { readFile } from 'node:fs/promises';
import { UsageProblem } from './command.ts';

/** The text of a file; throws UsageProblem for one that cannot be read or is not UTF-8. */
export async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not in UTF-8' : code;
    throw new UsageProblem(`${file} cannot be read: ${why}.`, { cause: error });
  }
}
