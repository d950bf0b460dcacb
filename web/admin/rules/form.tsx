import { Button } from '@mantine/core';
import { useState } from 'react';
import { ManyField, SearchField } from '../fields.tsx';
import { languages, readerIn, useReader, type Language } from '../language.tsx';
import { SearchMany } from '../search-select.tsx';
import { ConditionPart } from './form-condition.tsx';
import { ErrorAt, ManyAt, Part, TextAt, useForm } from './form-context.tsx';
import { GoalPart } from './form-goal.tsx';
import { LanguageField, MissingLanguages } from './form-language.tsx';
import { BesidePart, ExperimentPart, LimitsPart, SpendingPart } from './form-more.tsx';
import { PaysPart } from './form-pays.tsx';
import { ProductsPart } from './form-products.tsx';
import { readRule } from './reading.ts';

/** A rule as a form: one part for each question that a manager has to answer. */
export function RuleForm({ isNew }: { isNew: boolean }) {
  return (
    <div className="rule-form">
      <NamePart isNew={isNew} />
      <WhatPart />
      <PaysPart />
      <ProductsPart />
      <WhoPart />
      <GoalPart />
      <ConditionPart />
      <LimitsPart />
      <BesidePart />
      <SpendingPart />
      <ExperimentPart />
    </div>
  );
}

function NamePart({ isNew }: { isNew: boolean }) {
  const { say, language } = useReader();
  const { document } = useForm();
  const [shown, show] = useState<Language>(language);
  const has = (code: string) => Boolean(document.texts[code]?.title);
  return (
    <Part title={say('admin.form.name')} hint={say('admin.form.name.how')}>
      <div className="pair">
        <LanguageField shown={shown} show={show} has={has} />
        {isNew && (
          <TextAt
            at="code"
            label={say('admin.form.code')}
            hint={say('admin.form.code.how')}
            isNeeded
            isCode
          />
        )}
      </div>
      <div lang={shown} className="stack" key={shown}>
        <TextAt at={`texts.${shown}.title`} label={say('admin.form.title')} isNeeded />
        <TextAt at={`texts.${shown}.award`} label={say('admin.form.award')} lines={2} isNeeded />
        <TextAt at={`texts.${shown}.unmet`} label={say('admin.form.unmet')} />
      </div>
      <ErrorAt at="texts" />
      <MissingLanguages has={has} />
      <WriteTexts />
    </Part>
  );
}

/** Writes the sentence that sellers see out of the rule itself, in every language. */
function WriteTexts() {
  const { say, language } = useReader();
  const { document, replace, called, currency, scaleOf } = useForm();
  const [isBusy, setBusy] = useState(false);
  const write = async () => {
    setBusy(true);
    const texts = { ...document.texts };
    const title = texts[language]?.title || texts['en']?.title || document.code;
    for (const code of Object.keys(languages) as Language[]) {
      const reader = await readerIn(code);
      const [award = ''] = readRule(document, { reader, called, currency, scaleOf });
      texts[code] = {
        ...texts[code],
        title: texts[code]?.title || title,
        award: award.slice(0, awardLengthMax),
      };
    }
    replace({ ...document, texts });
    setBusy(false);
  };
  return (
    <p>
      <Button size="xs" variant="default" loading={isBusy} onClick={() => void write()}>
        {say('admin.form.write-texts')}
      </Button>
    </p>
  );
}

const awardLengthMax = 200;

function WhatPart() {
  const { say } = useReader();
  const { names, called } = useForm();
  return (
    <Part title={say('admin.form.what')}>
      <ManyAt
        at="scope.kinds"
        label={say('admin.form.kinds')}
        isNeeded
        options={names.kinds.map(({ code }) => ({ value: code, text: called('kinds', code) }))}
      />
      <Attributes />
      <div className="pair">
        <TextAt at="scope.from" type="date" label={say('admin.form.from')} />
        <TextAt at="scope.to" type="date" label={say('admin.form.to')} hint={say('admin.form.to.how')} />
      </div>
    </Part>
  );
}

/** What the chosen kinds tell besides people, place and goods: the rule names what its condition or formulas read. */
function Attributes() {
  const { say } = useReader();
  const { document, names, set } = useForm();
  const { kinds, attributes: read = {} } = document.scope;
  const told = names.kinds.filter(({ code }) => kinds.includes(code)).map(({ attributes }) => attributes);
  const types: Record<string, string> = Object.assign({}, ...told, read);
  if (Object.keys(types).length === 0) return null;
  const choose = (chosen: string[]) =>
    set(
      'scope.attributes',
      chosen.length > 0 ? Object.fromEntries(chosen.map((one) => [one, types[one]])) : undefined,
    );
  return (
    <>
      <ManyField
        label={say('admin.form.attributes')}
        hint={say('admin.form.attributes.how')}
        value={Object.keys(read)}
        change={choose}
        options={Object.keys(types).map((one) => ({ value: one, text: one }))}
      />
      <ErrorAt at="scope.attributes" />
    </>
  );
}

export const peopleKinds = ['seller', 'owner', 'promoter', 'influencer', 'buyer'];

function WhoPart() {
  const { say, name } = useReader();
  const { document, names, set, called } = useForm();
  const named = (what: 'tiers' | 'segments', codes: readonly { code: string }[]) =>
    codes.map(({ code }) => ({ value: code, text: called(what, code) }));
  return (
    <Part title={say('admin.form.who')} hint={say('admin.form.who.how')}>
      <ManyAt
        at="scope.audience.participantKinds"
        label={say('admin.form.people')}
        options={peopleKinds.map((kind) => ({ value: kind, text: name('admin.participant-kind', kind) }))}
      />
      <ManyAt
        at="scope.audience.tiers"
        label={say('admin.form.tiers')}
        options={named('tiers', names.tiers)}
      />
      {names.segments.length > 0 && (
        <ManyAt
          at="scope.audience.segments"
          label={say('admin.form.segments')}
          options={named('segments', names.segments)}
        />
      )}
      <SearchField
        label={say('admin.form.areas')}
        hint={say('admin.form.areas.how')}
        value={document.scope.audience?.areas}
        change={(areas) => set('scope.audience.areas', areas.length > 0 ? areas : undefined)}
        options={names.areas.map(({ code, name: text }) => ({ value: code, text }))}
        remove={(text) => say('admin.form.remove', { what: text })}
      />
      <ErrorAt at="scope.audience.areas" />
      <ManyAt
        at="scope.audience.channels"
        label={say('admin.form.channels')}
        options={names.channels.map((channel) => ({ value: channel, text: name('admin.trade', channel) }))}
      />
      <SearchMany
        of="outlets"
        label={say('admin.form.outlets')}
        hint={say('admin.find.how')}
        value={document.scope.audience?.outlets}
        change={(codes) => set('scope.audience.outlets', codes.length > 0 ? codes : undefined)}
        remove={(text) => say('admin.form.remove', { what: text })}
      />
      <ErrorAt at="scope.audience.outlets" />
    </Part>
  );
}
