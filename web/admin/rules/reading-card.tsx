import { useReader } from '../language.tsx';
import type { RuleDocument } from './document.ts';
import { readRule } from './reading.ts';
import type { Words } from './use-words.ts';

/** A rule in plain words, as it stands at this moment. */
export function Reading({ document, words }: { document: RuleDocument; words: Words }) {
  const reader = useReader();
  const [main, ...besides] = readRule(document, { reader, ...words });
  return (
    <section className="reading" aria-labelledby="reading">
      <h2 id="reading">{reader.say('admin.read.title')}</h2>
      <p className="reading-main">{main}</p>
      {besides.map((sentence) => (
        <p key={sentence} className="is-soft">
          {sentence}
        </p>
      ))}
    </section>
  );
}
