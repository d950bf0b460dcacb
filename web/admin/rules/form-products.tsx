import { SearchField } from '../fields.tsx';
import { useReader } from '../language.tsx';
import { valueAt } from './document.ts';
import { ErrorAt, ManyAt, Part, useForm } from './form-context.tsx';

type Chosen = { skus?: string[]; categories?: string[]; lists?: string[]; focus?: boolean };

/** Which goods count: what stands at `at` of the document. Only rules can name lists of products. */
export function ProductsPart({
  at = 'scope.products',
  hasLists = true,
  isOpen,
}: {
  at?: string;
  hasLists?: boolean;
  isOpen?: boolean;
}) {
  const { say } = useReader();
  const { document, names, products, set, called } = useForm<unknown>();
  const chosen = (valueAt(document, at) ?? {}) as Chosen;
  return (
    <Part
      title={say('admin.form.products')}
      hint={say('admin.form.products.how')}
      {...(isOpen !== undefined && { isOpen })}
    >
      <ManyAt
        at={`${at}.categories`}
        label={say('admin.form.categories')}
        options={names.categories.map((category) => ({ value: category, text: category }))}
      />
      {hasLists && names.lists.length > 0 && (
        <ManyAt
          at={`${at}.lists`}
          label={say('admin.form.lists')}
          options={names.lists.map(({ code }) => ({ value: code, text: called('lists', code) }))}
        />
      )}
      <SearchField
        label={say('admin.form.skus')}
        hint={say('admin.form.search.how')}
        value={chosen.skus}
        change={(skus) => set(`${at}.skus`, skus.length > 0 ? skus : undefined)}
        options={products.map(({ sku }) => ({ value: sku, text: `${called('products', sku)} · ${sku}` }))}
        remove={(text) => say('admin.form.remove', { what: text })}
      />
      <ErrorAt at={`${at}.skus`} />
      <label className="tick">
        <input
          type="checkbox"
          checked={chosen.focus === true}
          onChange={({ currentTarget: { checked } }) => set(`${at}.focus`, checked || undefined)}
        />
        {say('admin.form.focus')}
      </label>
    </Part>
  );
}
