import { useEffect, useRef, useState } from 'preact/hooks';
import { askCode, read, type People, type Problem } from './api.ts';
import { Facts, Trouble } from './parts.tsx';
import { signIn } from './session.ts';
import mark from '../mark.svg';
import { languages, type Language } from '../texts/say.ts';
import { language, rememberLanguage, speak, t } from './texts.ts';

type Asked = { phone: string; demoCode?: string };

/** Phone number, then the code that was sent to it. In a demo: tap a person, and the code stands on the screen. */
export function SignIn() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function ask(phone: string) {
    setBusy(true);
    const answer = await askCode(phone);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setAsked({ phone, ...answer.data });
  }

  async function enter(code: string) {
    setBusy(true);
    const answer = await signIn(asked!.phone, code);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
  }

  return (
    <main class="page sign-in">
      <LanguageSelect />
      <img class="sign-in-mark" src={mark} alt="Mitra" width="56" height="56" />
      <h1>{t('partner.sign-in.title')}</h1>
      <p class="lead">{t('partner.sign-in.lead')}</p>
      {problem && <Trouble problem={problem} />}
      {asked ? (
        <CodeForm asked={asked} isBusy={isBusy} enter={enter} leave={() => setAsked(null)} />
      ) : (
        <>
          <DemoPeople ask={ask} />
          <PhoneForm isBusy={isBusy} ask={ask} />
        </>
      )}
    </main>
  );
}

function PhoneForm({ isBusy, ask }: { isBusy: boolean; ask: (phone: string) => void }) {
  const [phone, setPhone] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    ask(phone.trim());
  };
  return (
    <form class="stack" onSubmit={submit}>
      <label class="field">
        {t('partner.sign-in.phone')}
        <input
          type="tel"
          autocomplete="tel"
          required
          value={phone}
          onInput={(event) => setPhone(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={isBusy}>
        {t('partner.sign-in.send-code')}
      </button>
    </form>
  );
}

type CodeFormProps = { asked: Asked; isBusy: boolean; enter: (code: string) => void; leave: () => void };

function CodeForm({ asked, isBusy, enter, leave }: CodeFormProps) {
  const [code, setCode] = useState(asked.demoCode ?? '');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    enter(code.trim());
  };
  return (
    <form class="stack" onSubmit={submit}>
      <p role="status">{t('partner.sign-in.code-sent', { phone: asked.phone })}</p>
      {asked.demoCode && (
        <p class="notice busy">{t('partner.sign-in.demo-code', { code: asked.demoCode })}</p>
      )}
      <label class="field">
        {t('partner.sign-in.code')}
        <input
          ref={field}
          class="code figure"
          inputmode="numeric"
          autocomplete="one-time-code"
          required
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={isBusy}>
        {t('partner.sign-in.enter')}
      </button>
      <button type="button" class="button quiet" onClick={leave}>
        {t('partner.sign-in.other-number')}
      </button>
    </form>
  );
}

/** Only a demo answers with people; anywhere else nothing is shown. */
function DemoPeople({ ask }: { ask: (phone: string) => void }) {
  const [people, setPeople] = useState<People['items']>([]);
  useEffect(() => {
    void read<People>('/demo/people').then((answer) => answer.ok && setPeople(answer.data.items));
  }, []);
  const partners = people.filter(({ kind, phone }) => kind === 'participant' && phone);
  if (partners.length === 0) return null;
  const choose = (person: People['items'][number]) => {
    // Each person shall see the app in the own language, whatever was chosen on this phone before.
    rememberLanguage(null);
    ask(person.phone!);
  };
  return (
    <section class="stack">
      <h2>{t('partner.sign-in.people')}</h2>
      <ul class="rows">
        {partners.map((person) => (
          <li>
            <button type="button" class="row" onClick={() => choose(person)}>
              <span class="initial" aria-hidden="true">
                {person.name.slice(0, 1)}
              </span>
              <span class="row-main">
                <strong>{person.name}</strong>
                <Facts facts={[person.note, languages[person.language as Language]]} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <a class="link" href="/admin/">
        {t('partner.sign-in.brand-page')}
      </a>
    </section>
  );
}

function choose(code: Language): void {
  rememberLanguage(code);
  void speak(code);
}

function LanguageSelect() {
  return (
    <label class="language">
      <span class="unseen">{t('partner.language')}</span>
      <select value={language.value} onChange={(event) => choose(event.currentTarget.value as Language)}>
        {Object.entries(languages).map(([code, name]) => (
          <option value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
