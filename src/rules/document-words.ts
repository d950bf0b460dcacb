import { z } from 'zod';

import { isCurrency } from '../shared/money.ts';
import { isDay } from '../shared/time.ts';
import { must } from './problem.ts';

// The words of rule documents: what a code, a day, a number of units may be.

const expressionLengthMax = 1000;
const listMax = 500;
/** Far inside what the ledger can hold, and exact as a number. */
export const unitsMax = 1_000_000_000_000;
export const percentMax = 10_000;

export const code = z.string().regex(/^[a-z0-9][a-z0-9:._-]{0,59}$/i, must('code'));
export const codes = z.array(code).min(1).max(listMax);
export const names = z.array(z.string().min(1).max(120)).min(1).max(listMax);
export const day = z.string().refine(isDay, must('day'));
export const expression = z.string().min(1).max(expressionLengthMax);
export const units = z.int().min(1).max(unitsMax);
export const currency = z.string().refine(isCurrency, must('currency'));
