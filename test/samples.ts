import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The path of something in the labelled sample folders (MITRA_SAMPLES, by default beside the project), or null where
 * this machine does not have them: tests that need it then skip.
 */
export function samplePath(inside: string): string | null {
  const folder = path.resolve(process.env['MITRA_SAMPLES'] || '../shared/data', inside);
  return existsSync(folder) ? folder : null;
}
