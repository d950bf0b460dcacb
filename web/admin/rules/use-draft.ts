import { useEffect, useState } from 'react';
import { readDocument, writeDocument, type RuleDocument } from './document.ts';

/** A document while it is edited: as the text that it is, and as the form sees it (null while the text is none). */
export type Draft = {
  text: string;
  document: RuleDocument | null;
  isChanged: boolean;
  write: (text: string) => void;
  replace: (document: RuleDocument) => void;
  /** Back to what one began with. */
  startOver: () => void;
};

/**
 * Keeps what is edited until it is saved: in this tab of the browser under `keptAs`, so that neither a look elsewhere nor
 * a reload loses it.
 */
export function useDraft(start: RuleDocument, keptAs: string): Draft {
  const name = `mitra.rule.${keptAs}`;
  const [first] = useState(() => writeDocument(start));
  const [text, setText] = useState(() => sessionStorage.getItem(name) ?? first);
  const document = useParsed(text);
  useEffect(() => {
    if (text === first) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  }, [text, first, name]);
  return {
    text,
    document,
    isChanged: text !== first,
    write: setText,
    replace: (next) => setText(writeDocument(next)),
    startOver: () => setText(first),
  };
}

// The same text stays the same object, which is what queries and effects look at.
function useParsed(text: string): RuleDocument | null {
  const [parsed, setParsed] = useState(() => ({ text, document: readDocument(text) }));
  if (parsed.text === text) return parsed.document;
  const next = { text, document: readDocument(text) };
  setParsed(next);
  return next.document;
}

/** Forgets what was kept of a draft, once it is saved. */
export const forgetDraft = (keptAs: string): void => sessionStorage.removeItem(`mitra.rule.${keptAs}`);

/** A value as it was when nothing had changed for so long. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
