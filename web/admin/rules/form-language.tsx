import { languages, useReader, type Language } from '../language.tsx';

const options = Object.entries(languages).map(([value, text]) => ({ value, text }));

/** Which language's texts the fields show; those that have one are ticked. */
export function LanguageField({
  shown,
  show,
  has,
}: {
  shown: Language;
  show: (language: Language) => void;
  has: (language: string) => boolean;
}) {
  const { say } = useReader();
  return (
    <label className="field">
      <span>{say('admin.form.text-language')}</span>
      <select
        className="input"
        value={shown}
        onChange={(event) => show(event.currentTarget.value as Language)}
      >
        {options.map(({ value, text }) => (
          <option key={value} value={value} lang={value}>
            {has(value) ? `✓ ${text}` : text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** In which languages nothing is written yet. */
export function MissingLanguages({ has }: { has: (language: string) => boolean }) {
  const { say } = useReader();
  const missing = options.filter(({ value }) => !has(value));
  if (missing.length === 0) return null;
  return (
    <p className="is-soft">
      {say('admin.form.missing-languages', { languages: missing.map(({ text }) => text).join(', ') })}
    </p>
  );
}
