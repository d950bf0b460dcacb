import { useReader } from '../language.tsx';
import { Part, TextAt, useForm } from './form-context.tsx';
import { conditionStarts, readCondition } from './read-condition.ts';

/** What a scope cannot say: an expression, read back in words, with ways to begin it. */
export function ConditionPart() {
  const reader = useReader();
  const { say } = reader;
  const { document, set, currency } = useForm();
  const { condition } = document;
  return (
    <Part
      title={say('admin.form.condition')}
      hint={say('admin.form.condition.how')}
      isOpen={condition !== undefined}
    >
      <TextAt at="condition" label={say('admin.form.condition.text')} lines={3} isCode />
      {condition && (
        <p className="is-soft">
          {say('admin.read.if', { condition: readCondition(condition, currency, reader) })}
        </p>
      )}
      <p className="is-soft">{say('admin.form.condition.add')}</p>
      <div className="ticks">
        {conditionStarts.map(({ key, text }) => (
          <button
            key={key}
            type="button"
            className="tick"
            onClick={() => set('condition', condition ? `${condition} && ${text}` : text)}
          >
            {say(key)}
          </button>
        ))}
      </div>
    </Part>
  );
}
