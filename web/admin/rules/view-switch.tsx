import { useReader } from '../language.tsx';

/** A document as a form, or as the text that it is. */
export function ViewSwitch({ isText, choose }: { isText: boolean; choose: (isText: boolean) => void }) {
  const { say } = useReader();
  const views = [
    { text: say('admin.form.as-form'), asText: false },
    { text: say('admin.form.as-text'), asText: true },
  ];
  return (
    <div className="switch" role="group" aria-label={say('admin.form.view')}>
      {views.map(({ text, asText }) => (
        <button key={text} type="button" aria-pressed={isText === asText} onClick={() => choose(asText)}>
          {text}
        </button>
      ))}
    </div>
  );
}
