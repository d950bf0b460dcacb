import { useCallback, useEffect, useState } from 'preact/hooks';
import { read, type Problem } from './api.ts';

const firstWaitMs = 1000;
const longestWaitMs = 8000;

/** Last answer by path: a screen that was open before shows it at once, and what is new as soon as it comes. */
const kept = new Map<string, unknown>();
export const forgetReads = (): void => kept.clear();

type Reading<T> = { data: T | null; problem: Problem | null; reload: () => void };

/**
 * Reads a path of the API. While `unsettled` says so of the answer, it is read again: each second at first, then more
 * and more rarely, and not while the screen is hidden. Old data stay while new ones load, also when loading fails.
 */
export function useRead<T>(path: string, unsettled?: (data: T) => boolean): Reading<T> {
  const [data, setData] = useState<T | null>(() => (kept.get(path) as T | undefined) ?? null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let isOver = false;
    let waitMs = firstWaitMs;
    let timer = 0;
    setData((kept.get(path) as T | undefined) ?? null);
    const load = async () => {
      if (document.hidden) return;
      const answer = await read<T>(path);
      if (isOver) return;
      if (answer.ok) {
        kept.set(path, answer.data);
        setData(answer.data);
      }
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok ? unsettled?.(answer.data) : answer.problem.status === 0) {
        timer = setTimeout(load, waitMs);
        waitMs = Math.min(waitMs * 1.3, longestWaitMs);
      }
    };
    const wake = () => {
      clearTimeout(timer);
      waitMs = firstWaitMs;
      void load();
    };
    void load();
    document.addEventListener('visibilitychange', wake);
    addEventListener('online', wake);
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', wake);
      removeEventListener('online', wake);
    };
  }, [path, turn]);

  return { data, problem, reload: useCallback(() => setTurn((last) => last + 1), []) };
}
