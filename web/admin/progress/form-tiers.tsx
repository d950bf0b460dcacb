import { Button } from '@mantine/core';
import { ChoiceField, NumberField } from '../fields.tsx';
import { useReader, type Language } from '../language.tsx';
import { localeOf } from '../../texts/say.ts';
import type { Measure } from '../rules/document.ts';
import { ChoiceAt, ErrorAt, NumberAt, Part, PeriodAt, TextAt, useForm } from '../rules/form-context.tsx';
import { TakeOut } from '../rules/form-pays.tsx';
import { ProductsPart } from '../rules/form-products.tsx';
import { CountsField, KindsAt, useRewrite, useTyped } from './form-counts.tsx';
import { TitleAt } from './form-title.tsx';
import type { TiersDocument } from './shape.ts';

/** What tiers ask for beside their name; `stored` knows which tiers there are already. */
export function TiersParts({ shown, stored }: { shown: Language; stored: Record<string, unknown> | null }) {
  const { document } = useForm<TiersDocument & { products?: unknown }>();
  return (
    <>
      <CountsPart />
      <StepsPart shown={shown} stored={stored} />
      <LastsPart />
      <ProductsPart at="products" hasLists={false} isOpen={document.products !== undefined} />
    </>
  );
}

const measures = ['quantity', 'amount', 'total', 'activities', 'earned'];
const windows = ['calendar-year', 'rolling', 'since-joining', 'since-contract', 'since-tier-start'] as const;

function CountsPart() {
  const { say } = useReader();
  const { document, replace, set } = useForm<TiersDocument>();
  const rewrite = useRewrite();
  const count = (counts: Measure) => {
    const tiers = document.tiers.map(({ from, keep, ...tier }) => ({
      ...tier,
      ...(from !== undefined && { from: rewrite(from, document.counts, counts)! }),
      ...(keep !== undefined && { keep: rewrite(keep, document.counts, counts)! }),
    }));
    replace({ ...document, counts, tiers });
  };
  const { kind } = document.window;
  return (
    <Part title={say('admin.form.goal.counts')}>
      <KindsAt at="kinds" />
      <CountsField at="counts" counts={document.counts} measures={measures} change={count} />
      <div className="pair">
        <ChoiceField
          label={say('admin.tiers.window')}
          value={kind}
          change={(chosen) => set('window', beginWindow(chosen))}
          options={windows.map((one) => ({ value: one, text: say(`admin.tiers.window.${one}`) }))}
        />
        {kind === 'rolling' && <PeriodAt at="window.last" label={say('admin.document.length')} />}
        {kind.startsWith('since-') && <PeriodAt at="window.every" label={say('admin.document.length')} />}
        <ErrorAt at="window" />
      </div>
    </Part>
  );
}

function beginWindow(kind: string): TiersDocument['window'] {
  if (kind === 'calendar-year') return { kind };
  return kind === 'rolling' ? { kind, last: 'P12M' } : { kind, every: 'P12M' };
}

function StepsPart({ shown, stored }: { shown: Language; stored: Record<string, unknown> | null }) {
  const { say } = useReader();
  const { document, replace } = useForm<TiersDocument>();
  const { tiers } = document;
  const known = ((stored?.['tiers'] as TiersDocument['tiers'] | undefined) ?? []).map(({ code }) => code);
  const add = () => {
    const codes = new Set([...known, ...tiers.map(({ code }) => code)]);
    let number = tiers.length + 1;
    while (codes.has(`tier-${number}`)) number++;
    const from = Math.max(1000, ...tiers.map((tier) => (tier.from ?? 0) * 2));
    const title = { en: say('admin.tiers.step', { number }) };
    replace({ ...document, tiers: [...tiers, { code: `tier-${number}`, title, from }] });
  };
  return (
    <Part title={say('admin.tiers.steps')} hint={say('admin.tiers.steps.how')}>
      <ErrorAt at="tiers" />
      {tiers.map(({ code }, index) => (
        <StepFields key={index} index={index} isKnown={known.includes(code)} shown={shown} />
      ))}
      <p>
        <Button size="xs" variant="default" onClick={add}>
          {say('admin.tiers.add')}
        </Button>
      </p>
    </Part>
  );
}

function StepFields({ index, isKnown, shown }: { index: number; isKnown: boolean; shown: Language }) {
  const { say } = useReader();
  const { document } = useForm<TiersDocument>();
  const typed = useTyped()(document.counts);
  const at = `tiers[${index}]`;
  const number = index + 1;
  return (
    <fieldset className="card">
      <legend className="unseen">{say('admin.tiers.step', { number })}</legend>
      <div className="pair">
        <TitleAt at={`${at}.title`} shown={shown} />
        {!isKnown && <TextAt at={`${at}.code`} label={say('admin.form.code')} isNeeded isCode />}
        <NumberAt at={`${at}.from`} label={say('admin.tiers.from')} {...typed} />
        {index > 0 && (
          <NumberAt
            at={`${at}.keep`}
            label={say('admin.tiers.keep')}
            hint={say('admin.tiers.keep.how')}
            {...typed}
          />
        )}
      </div>
      {document.tiers.length > 2 && <TakeOut at={at} number={number} />}
    </fieldset>
  );
}

const lasting = ['for', 'until', 'since-joining', 'since-contract'] as const;

function LastsPart() {
  const { say, name } = useReader();
  const { document, set } = useForm<TiersDocument>();
  const { lasts } = document;
  const kind = lasts.kind ?? (lasts.until === undefined ? 'for' : 'until');
  return (
    <Part title={say('admin.tiers.lasts')} hint={say('admin.tiers.lasts.how')}>
      <div className="pair">
        <ChoiceField
          label={say('admin.tiers.lasts.safe')}
          value={kind}
          change={(chosen) => set('lasts', beginLasts(chosen))}
          options={lasting.map((one) => ({ value: one, text: say(`admin.tiers.lasts.${one}`) }))}
        />
        {kind === 'for' && <PeriodAt at="lasts.for" label={say('admin.document.length')} />}
        {kind.startsWith('since-') && <PeriodAt at="lasts.every" label={say('admin.document.length')} />}
        {kind === 'for' && (
          <ChoiceAt
            at="lasts.endOf"
            none=""
            label={say('admin.form.end-of')}
            options={[
              { value: '', text: say('admin.form.end-of.none') },
              ...['month', 'quarter', 'year'].map((end) => ({
                value: end,
                text: name('admin.form.end-of', end),
              })),
            ]}
          />
        )}
        {kind === 'until' && <DayOfYear />}
        <ErrorAt at="lasts" />
      </div>
      <div className="pair">
        <ChoiceAt
          at="downgrade"
          label={say('admin.tiers.downgrade')}
          options={['one-step', 'recomputed', 'none'].map((one) => ({
            value: one,
            text: name('admin.tiers.downgrade', one),
          }))}
        />
        <NumberAt at="noticeDays" label={say('admin.tiers.notice')} hint={say('admin.tiers.notice.how')} />
      </div>
    </Part>
  );
}

function beginLasts(kind: string): TiersDocument['lasts'] {
  if (kind === 'for') return { for: 'P12M', endOf: 'year' };
  return kind === 'until' ? { until: '06-30' } : { kind, every: 'P12M' };
}

/** A day of every year, `06-30`, as a month and a day. */
function DayOfYear() {
  const { say, language } = useReader();
  const { document, set } = useForm<TiersDocument>();
  const [month = '', day = ''] = (document.lasts.until ?? '').split('-');
  const called = new Intl.DateTimeFormat(localeOf(language), { month: 'long', timeZone: 'UTC' });
  const months = Array.from({ length: 12 }, (_, index) => ({
    value: String(index + 1).padStart(2, '0'),
    text: called.format(new Date(Date.UTC(2018, index, 1))),
  }));
  return (
    <>
      <ChoiceField
        label={say('admin.tiers.month')}
        value={month}
        change={(chosen) => set('lasts.until', `${chosen}-${day}`)}
        options={months}
      />
      <NumberField
        label={say('admin.tiers.day')}
        value={day === '' ? undefined : Number(day)}
        change={(given) =>
          set('lasts.until', `${month}-${given === undefined ? '' : String(given).padStart(2, '0')}`)
        }
      />
      <ErrorAt at="lasts.until" />
    </>
  );
}
