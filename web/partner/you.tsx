import type { ComponentChildren } from 'preact';
import { Page } from './parts.tsx';
import { me, signOut } from './session.ts';
import { languages, type Language } from '../texts/say.ts';
import { language, rememberLanguage, speak, t } from './texts.ts';
import { chooseTheme, theme, themes } from './theme.ts';
import { forgetReads } from './use-read.ts';

/** Who I am here, and how I want the app. */
export function You() {
  const { name, outlets, programme } = me.value!;
  return (
    <Page title={name}>
      <div class="stack narrow">
        <p>
          {programme.name}
          {outlets.length > 0 && ` · ${outlets.map((outlet) => outlet.name).join(', ')}`}
        </p>
        <Choice title={t('partner.language')}>
          {Object.entries(languages).map(([code, ownName]) => (
            <Option
              group="language"
              isChosen={language.value === code}
              choose={() => void switchTo(code as Language)}
              key={code}
            >
              <span lang={code}>{ownName}</span>
            </Option>
          ))}
        </Choice>
        <Choice title={t('partner.theme')}>
          {themes.map((name) => (
            <Option group="theme" isChosen={theme.value === name} choose={() => chooseTheme(name)} key={name}>
              {t(`partner.theme.${name}`)}
            </Option>
          ))}
        </Choice>
        <button type="button" class="button quiet" onClick={() => void signOut()}>
          {t('partner.sign-out')}
        </button>
      </div>
    </Page>
  );
}

async function switchTo(code: Language): Promise<void> {
  rememberLanguage(code);
  // What the server said, it said in the other language.
  forgetReads();
  await speak(code);
}

function Choice({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset class="choice">
      <legend>{title}</legend>
      <div class="rows">{children}</div>
    </fieldset>
  );
}

type OptionProps = { group: string; isChosen: boolean; choose: () => void; children: ComponentChildren };

function Option({ group, isChosen, choose, children }: OptionProps) {
  return (
    <label class="option">
      <input type="radio" name={group} checked={isChosen} onChange={choose} />
      {children}
    </label>
  );
}
