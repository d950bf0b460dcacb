import { useReader, type Language } from '../language.tsx';
import { TextAt } from '../rules/form-context.tsx';

/** A title in the language that is shown; only the English one has to be there. */
export function TitleAt({ at, shown }: { at: string; shown: Language }) {
  const { say } = useReader();
  return (
    <div lang={shown} key={shown}>
      <TextAt at={`${at}.${shown}`} label={say('admin.form.title')} isNeeded={shown === 'en'} />
    </div>
  );
}
