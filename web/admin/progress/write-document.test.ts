import { expect, test } from 'vitest';
import { writeDocument } from './write-document.ts';

test('a document is written in the order in which it is read, and says the same', () => {
  const document = {
    code: 'tiers',
    tiers: [{ from: 0, code: 'bronze', title: { id: 'Perak', en: 'Low' } }],
    kinds: ['receipt', 'sale'],
    format: 1,
  };
  const text = writeDocument(document);
  expect(JSON.parse(text)).toEqual(document);
  expect(text).toBe(`{
  "format": 1,
  "code": "tiers",
  "kinds": [ "receipt", "sale" ],
  "tiers": [
    { "code": "bronze", "title": { "en": "Low", "id": "Perak" }, "from": 0 }
  ]
}`);
});
