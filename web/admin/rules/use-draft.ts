import { useEffect, useState } from 'react';
import { readDocument, writeDocument, type RuleDocument } from './document.ts';

/** How a document is read from its text, null where that is none, and written as it. */
export type Written<Document> = {
  read: (text: string) => Document | null;
  write: (document: Document) => string;
};
const asRule: Written<RuleDocument> = { read: readDocument, write: writeDocument };

/** A document while it is edited: as the text that it is, and as the form sees it (null while the text is none). */
export type Draft<Document = RuleDocument> = {
  text: string;
  document: Document | null;
  isChanged: boolean;
  write: (text: string) => void;
  replace: (document: Document) => void;
  /** Back to what one began with. */
  startOver: () => void;
};

/**
 * Keeps what is edited until it is saved: in this tab of the browser under `keptAs`, so that neither a look elsewhere nor
 * a reload loses it.
 */
export function useDraft(start: RuleDocument, keptAs: string): Draft {
  return useDraftOf(start, keptAs, asRule);
}

/** The same of any kind of document. */
export function useDraftOf<Document>(
  start: Document,
  keptAs: string,
  { read, write }: Written<Document>,
): Draft<Document> {
  const name = nameOf(keptAs);
  const [first] = useState(() => write(start));
  const [text, setText] = useState(() => sessionStorage.getItem(name) ?? first);
  const document = useParsed(text, read);
  useEffect(() => {
    if (text === first) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  }, [text, first, name]);
  return {
    text,
    document,
    isChanged: text !== first,
    write: setText,
    replace: (next) => setText(write(next)),
    startOver: () => setText(first),
  };
}

// The same text stays the same object, which is what queries and effects look at.
function useParsed<Document>(text: string, read: Written<Document>['read']): Document | null {
  const [parsed, setParsed] = useState(() => ({ text, document: read(text) }));
  if (parsed.text === text) return parsed.document;
  const next = { text, document: read(text) };
  setParsed(next);
  return next.document;
}

/** Forgets what was kept of a draft, once it is saved. */
export const forgetDraft = (keptAs: string): void => sessionStorage.removeItem(nameOf(keptAs));

const nameOf = (keptAs: string): string => `mitra.rule.${keptAs}`;

/** A value as it was when nothing had changed for so long. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
