import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The documents in a folder of the demo's programme, in the order of their file names. */
export function documentsIn(name: 'rules' | 'tiers' | 'segments' | 'discounts'): unknown[] {
  const folder = path.join(import.meta.dirname, 'programme', name);
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

/** Its rules that pay for single sales, or those that pay for what adds up to a goal. */
export function rulesOfDemo(which: 'sales' | 'goals'): unknown[] {
  const isGoal = (rule: unknown) => (rule as { goal?: unknown }).goal !== undefined;
  return documentsIn('rules').filter((rule) => isGoal(rule) === (which === 'goals'));
}
