import { useReader } from '../language.tsx';
import type { RuleDocument } from './document.ts';
import { readRule } from './reading.ts';
import type { Words } from './use-words.ts';

/** A rule in plain words, as it stands at this moment. */
export function Reading({ document, words }: { document: RuleDocument; words: Words }) {
  const reader = useReader();
  return <ReadingCard sentences={readRule(document, { reader, ...words })} />;
}

/** What a document says, the first sentence larger than what is besides. */
export function ReadingCard({ sentences: [main, ...besides] }: { sentences: readonly string[] }) {
  const { say } = useReader();
  return (
    // What does not fit scrolls, also by the keys.
    <section className="reading" aria-labelledby="reading" tabIndex={0}>
      <h2 id="reading">{say('admin.read.title')}</h2>
      <p className="reading-main">{main}</p>
      {besides.map((sentence) => (
        <p key={sentence} className="is-soft">
          {sentence}
        </p>
      ))}
    </section>
  );
}
