import { z } from 'zod';

import { atMost, must } from './problem.ts';

const attributesMax = 50;
const kindsMax = 100;

const name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,29}$/, must('attributeName'))
  // What every object has is no name of something that may be missing.
  .refine((text) => !(text in {}), must('reserved'));

/** Attributes of activities, each with its type. */
export const attributes = z
  .record(name, z.enum(['string', 'int', 'double', 'bool']))
  .refine((all) => Object.keys(all).length <= attributesMax, atMost(attributesMax));

export const kindName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, must('kindName'));

/** A kind of activity: how it is called, and what it tells besides people, place, money and goods. */
export const activityKind = z.strictObject({
  title: z
    .record(z.string().regex(/^[a-z]{2}$/), z.string().min(1).max(80))
    .refine((texts) => 'en' in texts, must('english'))
    .optional(),
  attributes: attributes.optional(),
});

/** Kinds of activities as a programme declares them, by name. */
export const activityKinds = z
  .record(kindName, activityKind)
  .refine((all) => Object.keys(all).length <= kindsMax, atMost(kindsMax));
