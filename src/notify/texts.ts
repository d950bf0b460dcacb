import assert from 'node:assert/strict';

import en from '../../web/texts/en.json' with { type: 'json' };
import hi from '../../web/texts/hi.json' with { type: 'json' };
import id from '../../web/texts/id.json' with { type: 'json' };
import pl from '../../web/texts/pl.json' with { type: 'json' };
import ru from '../../web/texts/ru.json' with { type: 'json' };
import { languages, sayIn, type Facts, type Language, type Say, type TextKey } from '../../web/texts/say.ts';
import uk from '../../web/texts/uk.json' with { type: 'json' };

/** All sentences by language and key. */
export const texts: Record<Language, Record<string, string>> = { en, id, hi, ru, uk, pl };

// A key or fact that is missing is a mistake in the program: it must show in a test, not on somebody's phone.
const says = Object.fromEntries(
  Object.keys(languages).map((language) => [
    language,
    sayIn(language as Language, texts[language as Language], {}, (what) =>
      assert.fail(`no text or fact for ${what} in ${language}`),
    ),
  ]),
) as Record<Language, Say>;

/** The sentence in the reader's language, with its facts put in. A language nobody wrote is told in English. */
export function text(language: string, key: TextKey, facts: Facts = {}): string {
  return says[languageOf(language)](key, facts);
}

/** The language to write in for a tag such as `id`, `pt-BR` or `uk_UA`. */
export function languageOf(tag: string): Language {
  const language = tag.toLowerCase().split(/[-_]/)[0]!;
  return language in languages ? (language as Language) : 'en';
}

/** True for the key of a sentence, with or without a plural ending: to check codes that come out of the database. */
export function isTextKey(key: string): key is TextKey {
  return key in en || `${key}.other` in en;
}
