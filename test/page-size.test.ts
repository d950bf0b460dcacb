import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

const built = path.resolve(import.meta.dirname, '../web/dist/partner');

/** The promise is 60 kB. This is a little more than there is, so that whoever adds much has to say why. */
const budgetBytes = 32_500;

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

const adminBuilt = path.resolve(import.meta.dirname, '../web/dist/admin');

test.skipIf(!existsSync(adminBuilt))(
  'the brand page starts within its budget (skipped until `npm run build`)',
  () => {
    const page = readFileSync(path.join(adminBuilt, 'index.html'), 'utf8');
    const linked = Array.from(page.matchAll(/(?:src|href)="\/admin\/(assets\/[^"]+)"/g), ([, file]) => file!);
    const bytesOf = (ending: string) =>
      linked
        .filter((file) => file.endsWith(ending))
        .map((file) => gzipSync(readFileSync(path.join(adminBuilt, file)), { level: 9 }).length)
        .reduce((sum, size) => sum + size, 0);
    expect(linked.length).toBeGreaterThanOrEqual(3);
    // The promise is 204 kB and 35 kB of style. As above: a little more than there is.
    expect(bytesOf('.js')).toBeLessThan(150_000);
    expect(bytesOf('.css')).toBeLessThan(15_000);
  },
);
