import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type KeyboardEvent } from 'react';
import { Field, Taken, type About } from './fields.tsx';
import { useReader } from './language.tsx';
import { listOf, named, type Listed } from './queries.ts';
import './fields.css';
import './search-select.css';

/** The server is asked when typing has rested for so long. */
const restMs = 200;
const shownMax = 8;

type One = { code: string; name: string };
type Props = About & { of: Listed };

/** One outlet or participant, found by the server as one types; `value` is its code. What is chosen stays until another is. */
export function SearchSelect({
  value,
  change,
  ...props
}: Props & { value: string; change: (code: string) => void }) {
  const queries = useQueryClient();
  const known = useQuery(named(props.of, value ? [value] : [])).data?.items;
  const choose = (one: One) => {
    queries.setQueryData(named(props.of, [one.code]).queryKey, { items: [one], next: null });
    change(one.code);
  };
  const chosen = known?.find(({ code }) => code === value);
  return <Finder {...props} shown={chosen?.name ?? value} choose={choose} />;
}

/** Any number of them, by their codes, each of which can be taken out. */
export function SearchMany({
  value = [],
  change,
  remove,
  ...props
}: Props & {
  value: readonly string[] | undefined;
  change: (codes: string[]) => void;
  /** Says what taking one out does: "Take out Tea". */
  remove: (text: string) => string;
}) {
  const names = useQuery(named(props.of, value)).data?.items;
  const add = ({ code }: One) => value.includes(code) || change([...value, code]);
  return (
    <div className="search">
      <Finder {...props} shown="" choose={add} />
      <Taken
        value={value}
        change={change}
        remove={remove}
        textOf={(code) => names?.find((one) => one.code === code)?.name ?? code}
      />
    </div>
  );
}

/** What one types into, and what is found. Shows `shown` while nobody types. */
function Finder({ of, shown, choose, ...about }: Props & { shown: string; choose: (one: One) => void }) {
  const list = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [marked, setMarked] = useState(0);
  const queries = useQueryClient();
  const { found, hasMore, isLooking } = useFound(of, typed);
  const isOpen = typed !== null && typed.trim() !== '';
  const take = (one: One) => {
    choose(one);
    setTyped(null);
    setMarked(0);
  };
  // Somebody who knows the code or the name types it and goes on.
  const leave = async () => {
    const text = typed?.trim();
    setTyped(null);
    if (!text) return;
    const { items } = await queries.fetchQuery(listOf(of, { search: text, limit: shownMax }));
    const exact = items.find(({ code, name }) => code === text || name === text);
    if (exact) choose(exact);
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (event.key === 'Escape') setTyped(null);
    if (event.key === 'Enter' && isOpen && !isLooking && found[marked]) take(found[marked]);
    if (step && isOpen) setMarked(Math.min(Math.max(marked + step, 0), found.length - 1));
    if (isOpen && (step || event.key === 'Enter')) event.preventDefault();
  };
  return (
    <Field {...about}>
      {(tied) => (
        <div className="search-select">
          <input
            {...tied}
            className="input"
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={list}
            aria-autocomplete="list"
            {...(isOpen && found[marked] && { 'aria-activedescendant': `${list}-${marked}` })}
            autoComplete="off"
            spellCheck={false}
            value={typed ?? shown}
            onFocus={({ currentTarget }) => currentTarget.select()}
            onChange={({ currentTarget }) => {
              setTyped(currentTarget.value);
              setMarked(0);
            }}
            onKeyDown={press}
            onBlur={() => void leave()}
          />
          {isOpen && (
            <Options
              id={list}
              label={about.label}
              found={found}
              marked={marked}
              take={take}
              note={isLooking ? 'looking' : found.length === 0 ? 'none' : hasMore ? 'more' : null}
            />
          )}
        </div>
      )}
    </Field>
  );
}

function Options({
  id,
  label,
  found,
  marked,
  take,
  note,
}: {
  id: string;
  label: string;
  found: readonly One[];
  marked: number;
  take: (one: One) => void;
  note: 'looking' | 'none' | 'more' | null;
}) {
  const { say } = useReader();
  return (
    <div className="search-found">
      <ul id={id} role="listbox" aria-label={label}>
        {found.map((one, index) => (
          <li
            key={one.code}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === marked}
            // The field keeps the focus: leaving it would end the search before the click is there.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(one)}
          >
            {one.name} <span className="is-soft">{one.code}</span>
          </li>
        ))}
      </ul>
      <p role="status">{note && say(`admin.find.${note}`)}</p>
    </div>
  );
}

function useFound(of: Listed, typed: string | null) {
  const [search] = useDebouncedValue(typed?.trim() ?? '', restMs);
  const { data, isPlaceholderData, isPending } = useQuery({
    ...listOf(of, { search, limit: shownMax }),
    enabled: search !== '',
  });
  const isLooking = search !== (typed?.trim() ?? '') || isPlaceholderData || isPending;
  return { found: data?.items ?? [], hasMore: Boolean(data?.next), isLooking };
}
