import type { ReactNode } from 'react';
import type { EvidenceDetail, Field, Reading } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader, type Reader } from '../language.tsx';
import { Confidence } from '../values.tsx';
import { Corrected } from './corrected.tsx';
import { fieldNames, lightProps, useLight, type FieldName } from './marks.tsx';
import { Crop } from './picture.tsx';

/** What was read, value by value: how it was printed, what it means, and how sure the reading is. */
export function Fields({ evidence }: { evidence: EvidenceDetail }) {
  const reader = useReader();
  const { reading } = evidence;
  if (!reading) return null;
  return (
    <>
      <table className="fields">
        <FieldHead />
        <tbody>
          {fieldNames.map((name) => {
            const field = reading[name];
            return (
              field && (
                <FieldRow
                  key={name}
                  name={name}
                  evidence={evidence}
                  value={
                    <Corrected
                      read={written(name, field.value, reading, reader)}
                      counts={written(name, countingValue(name, field, evidence), reading, reader)}
                    />
                  }
                />
              )
            );
          })}
          <OutletRow evidence={evidence} />
        </tbody>
      </table>
      <Arithmetic reading={reading} />
    </>
  );
}

export function FieldHead() {
  const { say } = useReader();
  return (
    <thead>
      <tr>
        <th scope="col">{say('admin.column.field')}</th>
        <th scope="col">{say('admin.column.value')}</th>
        <th scope="col">{say('admin.column.printed')}</th>
        <th scope="col" className="is-number">
          {say('admin.column.sure')}
        </th>
      </tr>
    </thead>
  );
}

type FieldRowProps = { name: FieldName; evidence: EvidenceDetail; value: ReactNode };

/** One value beside the piece of paper it was read from. `value` may be an input. */
export function FieldRow({ name, evidence, value }: FieldRowProps) {
  const { name: nameOf } = useReader();
  const light = useLight();
  const field = evidence.reading?.[name] ?? null;
  return (
    <tr id={`mark-${name}`} {...(field?.quad && lightProps(name, light))}>
      <th scope="row">{nameOf('admin.field', name)}</th>
      <td className="field-value">{value}</td>
      <td className="field-crop">{field && <Printed name={name} field={field} evidence={evidence} />}</td>
      <td className="is-number">{field && <Confidence share={field.confidence} />}</td>
    </tr>
  );
}

type PrintedProps = { name: string; field: Pick<Field<unknown>, 'text' | 'quad'>; evidence: EvidenceDetail };

/** How it stands on the paper; pressing it enlarges the place. */
export function Printed({ name, field, evidence }: PrintedProps) {
  const { say } = useReader();
  const { show } = useLight();
  if (!field.quad) return <span className="is-faint">{say('admin.field.inferred')}</span>;
  return (
    <button
      type="button"
      className="crop-button"
      title={field.text}
      aria-label={say('admin.field.show', { text: field.text })}
      onClick={() => show(name)}
    >
      <Crop evidence={evidence} quad={field.quad} />
    </button>
  );
}

export function OutletRow({ evidence, value }: { evidence: EvidenceDetail; value?: ReactNode }) {
  const { say, name } = useReader();
  const match = evidence.outletMatch;
  return (
    <tr>
      <th scope="row">{say('admin.field.outlet')}</th>
      <td className="field-value">
        {value ?? match?.outlet.name ?? <span className="is-faint">{say('admin.evidence.no-outlet')}</span>}
      </td>
      <td className="is-soft">{match && name('admin.how', match.how)}</td>
      <td className="is-number">{match && <Confidence share={match.score} />}</td>
    </tr>
  );
}

/** What counts in the end: what the activity says, which is what was read unless a reviewer changed it. */
function countingValue(name: FieldName, field: Field<string | number>, evidence: EvidenceDetail) {
  if (!evidence.activity) return field.value;
  if (name === 'totalMinor') return evidence.activity.totalMinor;
  return name === 'date' ? (evidence.occurredOn ?? field.value) : field.value;
}

function written(name: FieldName, value: string | number, reading: Reading, reader: Reader): string {
  const currency = reading.currency?.value;
  if (typeof value === 'number') return currency ? reader.money(value, currency) : reader.number(value);
  return name === 'date' ? reader.day(value) : value;
}

/** The sums that should hold on the paper, in words and figures. */
function Arithmetic({ reading }: { reading: Reading }) {
  const { name, money } = useReader();
  const currency = reading.currency?.value;
  const checks = reading.arithmetic.filter(({ ok }) => ok !== null);
  if (!currency || checks.length === 0) return null;
  return (
    <ul className="sums">
      {checks.map(({ code, ok, expectedMinor, foundMinor }) => (
        <li key={code} className={ok ? 'is-good' : 'is-wait'}>
          <Icon name={ok ? 'check' : 'warning'} />
          <span>
            {name(`admin.sum.${ok ? 'holds' : 'differs'}`, code, {
              expected: money(expectedMinor ?? 0, currency),
              found: money(foundMinor ?? 0, currency),
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}
