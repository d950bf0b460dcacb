import { useState } from 'react';
import { useReader, type Language } from '../language.tsx';
import { Part, TextAt, useForm } from '../rules/form-context.tsx';
import { LanguageField, MissingLanguages } from '../rules/form-language.tsx';
import { DiscountParts } from './form-discount.tsx';
import { SegmentParts } from './form-segment.tsx';
import { TiersParts } from './form-tiers.tsx';
import { TitleAt } from './form-title.tsx';
import type { ShownDocument } from './shape.ts';

/** Tiers, a discount or a segment as a form: one part for each question that a manager has to answer. */
export function DocumentForm({ stored }: { stored: Record<string, unknown> | null }) {
  const { language } = useReader();
  const { document } = useForm<ShownDocument>();
  const [shown, show] = useState<Language>(language);
  return (
    <div className="rule-form">
      <NamePart isNew={stored === null} shown={shown} show={show} />
      {document.kind === 'tiers' && <TiersParts shown={shown} stored={stored} />}
      {document.kind === 'discount' && <DiscountParts />}
      {document.kind === 'segment' && <SegmentParts />}
    </div>
  );
}

function NamePart({
  isNew,
  shown,
  show,
}: {
  isNew: boolean;
  shown: Language;
  show: (language: Language) => void;
}) {
  const { say } = useReader();
  const { document } = useForm<ShownDocument>();
  const titles = [
    document.title,
    ...(document.kind === 'tiers' ? document.tiers : []).map(({ title }) => title),
  ];
  const has = (code: string) => titles.every((title) => title[code]);
  return (
    <Part title={say('admin.form.name')}>
      <div className="pair">
        <LanguageField shown={shown} show={show} has={has} />
        {isNew && (
          <TextAt
            at="code"
            label={say('admin.form.code')}
            hint={say('admin.document.code.how')}
            isNeeded
            isCode
          />
        )}
      </div>
      <TitleAt at="title" shown={shown} />
      <MissingLanguages has={has} />
    </Part>
  );
}
