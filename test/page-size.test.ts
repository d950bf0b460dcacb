import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

const built = path.resolve(import.meta.dirname, '../web/dist/partner');

/** The promise is 60 kB. This is a little more than there is, so that whoever adds much has to say why. */
const budgetBytes = 30_000;

const compressed = (file: string): number =>
  gzipSync(readFileSync(path.join(built, file)), { level: 9 }).length;

test.skipIf(!existsSync(built))(
  'the partner page loads within its budget (skipped until `npm run build`)',
  () => {
    const page = readFileSync(path.join(built, 'index.html'), 'utf8');
    const linked = Array.from(page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g), ([, file]) => file!);
    // One language is loaded beside them: the largest stands for all.
    const languages = readdirSync(path.join(built, 'assets'))
      .filter((file) => /^[a-z]{2}-.*\.js$/.test(file))
      .map((file) => compressed(`assets/${file}`));

    const bytes = ['index.html', ...linked].map(compressed).reduce((sum, size) => sum + size, 0);
    expect(linked.length).toBeGreaterThanOrEqual(3);
    expect(languages.length).toBe(6);
    expect(bytes + Math.max(...languages)).toBeLessThan(budgetBytes);
  },
);

test.skipIf(!existsSync(built))(
  'the partner page has nothing inline that its security policy would refuse',
  () => {
    const page = readFileSync(path.join(built, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  },
);
