import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { bodyOf, client, type EvidenceDetail, type EvidenceState } from './api.ts';

/** One place for what is fetched under which name and how often, so that every screen shares the same copy. */

export const me = queryOptions({
  queryKey: ['me'],
  queryFn: () => bodyOf(client.GET('/api/v1/me')),
  staleTime: 60_000,
  retry: false,
});

/** Links of somebody in both directions: to whom and what, and who to them. */
export const linksOf = (code: string) =>
  queryOptions({
    queryKey: ['links', code],
    queryFn: async () => {
      const ask = (query: { person: string } | { of: 'participant'; subject: string }) =>
        bodyOf(client.GET('/api/v1/links', { params: { query } }));
      const [to, from] = await Promise.all([
        ask({ person: code }),
        ask({ of: 'participant', subject: code }),
      ]);
      return [...from.items, ...to.items];
    },
  });

/** How often what is happening now is asked for again. */
const liveMs = 2000;
const calmMs = 15_000;
export const evidencePageSize = 50;

/** One page of evidence, newest first; `before` is the cursor that the page before it gave as `next`. */
export const evidenceList = (filter: { state?: EvidenceState | undefined; before?: string | undefined }) =>
  queryOptions({
    queryKey: ['evidence', 'list', filter.state ?? 'all', filter.before ?? 'newest'],
    queryFn: () =>
      bodyOf(
        client.GET('/api/v1/evidence', {
          params: {
            query: {
              limit: evidencePageSize,
              ...(filter.state && { state: filter.state }),
              ...(filter.before && { before: filter.before }),
            },
          },
        }),
      ),
    refetchInterval: filter.before ? calmMs : liveMs,
    placeholderData: keepPreviousData,
  });

export const evidenceDetail = (id: string) =>
  queryOptions({
    queryKey: ['evidence', 'detail', id],
    queryFn: () => bodyOf(client.GET('/api/v1/evidence/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isAtRest(state.data) ? calmMs : liveMs),
  });

/** For so long after a verdict what follows from it, such as the message, may still be on its way. */
const settledMs = 10_000;

function isAtRest({ state, verification }: EvidenceDetail): boolean {
  if (state === 'waiting' || state === 'reading') return false;
  return !verification || Date.now() - Date.parse(verification.decidedAt) > settledMs;
}

/** The receipts that wait for a person, oldest page not needed: a reviewer takes them from the newest down. */
export const reviewQueue = evidenceList({ state: 'needs-review' });

export const explanation = (transfer: string) =>
  queryOptions({
    queryKey: ['transfer', transfer],
    queryFn: () =>
      bodyOf(client.GET('/api/v1/transfers/{id}/explanation', { params: { path: { id: transfer } } })),
    // A transfer never changes.
    staleTime: Infinity,
  });

/** What is too much to be fetched as a whole: it is searched and paged on the server. */
export type Listed = 'outlets' | 'participants';
type Ask = { search?: string | undefined; before?: string | undefined; limit?: number };

/** One page, in order of code or of what `search` finds; `before` is the cursor that the page before it gave as `next`. */
export const outletPage = (ask: Ask) =>
  queryOptions({
    queryKey: ['outlets', ask],
    queryFn: () => bodyOf(client.GET('/api/v1/outlets', { params: { query: defined(ask) } })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const participantPage = (ask: Ask) =>
  queryOptions({
    queryKey: ['participants', ask],
    queryFn: () => bodyOf(client.GET('/api/v1/participants', { params: { query: defined(ask) } })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

const defined = ({ search, before, limit = 50 }: Ask) => ({
  limit,
  ...(search && { search }),
  ...(before && { before }),
});

export const outlet = (id: string) =>
  queryOptions({
    queryKey: ['outlets', id],
    queryFn: () => bodyOf(client.GET('/api/v1/outlets/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  });

type Names = { items: { code: string; name: string }[]; next: string | null };

/** A page of either, as far as both have the same. */
export const listOf = (of: Listed, ask: Ask) =>
  queryOptions({
    queryKey: [of, ask],
    queryFn: (): Promise<Names> => bodyOf(client.GET(`/api/v1/${of}`, { params: { query: defined(ask) } })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

/** The API answers so many in one request; of more than that the codes have to do. */
const namedMax = 200;

/** Those of these codes. */
export const named = (of: Listed, codes: readonly string[]) =>
  queryOptions({
    queryKey: [of, 'named', codes],
    queryFn: (): Promise<Names> =>
      bodyOf(client.GET(`/api/v1/${of}`, { params: { query: { code: codes.slice(0, namedMax) } } })),
    enabled: codes.length > 0,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const participant = (id: string) =>
  queryOptions({
    queryKey: ['participants', id],
    queryFn: () => bodyOf(client.GET('/api/v1/participants/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  });

export const wallet = (id: string) =>
  queryOptions({
    queryKey: ['participant', id, 'wallet'],
    queryFn: () => bodyOf(client.GET('/api/v1/participants/{id}/wallet', { params: { path: { id } } })),
    refetchInterval: calmMs,
  });

export const statement = (id: string, before?: string) =>
  queryOptions({
    queryKey: ['participant', id, 'statement', before ?? 'newest'],
    queryFn: () =>
      bodyOf(
        client.GET('/api/v1/participants/{id}/statement', {
          params: { path: { id }, query: { limit: 30, ...(before && { before }) } },
        }),
      ),
    refetchInterval: calmMs,
    placeholderData: keepPreviousData,
  });

export const products = queryOptions({
  queryKey: ['products'],
  queryFn: () => bodyOf(client.GET('/api/v1/products')),
  staleTime: 60_000,
});

export const rules = queryOptions({
  queryKey: ['rules', 'list'],
  queryFn: () => bodyOf(client.GET('/api/v1/rules', { params: { query: {} } })),
});

export const ruleDetail = (id: string) =>
  queryOptions({
    queryKey: ['rules', id],
    queryFn: () => bodyOf(client.GET('/api/v1/rules/{id}', { params: { path: { id } } })),
    refetchInterval: calmMs,
  });

/** What a version changes of another one; without `from`, of what is live, or of the version before it. */
export const ruleDifference = (id: string, to: number, from?: number) =>
  queryOptions({
    queryKey: ['rules', id, 'difference', to, from ?? 'usual'],
    queryFn: () =>
      bodyOf(
        client.GET('/api/v1/rules/{id}/difference', {
          params: { path: { id }, query: { to, ...(from !== undefined && { from }) } },
        }),
      ),
  });

export const ruleDecisions = (id: string) =>
  queryOptions({
    queryKey: ['rules', id, 'decisions'],
    queryFn: () => bodyOf(client.GET('/api/v1/decisions', { params: { query: { rule: id, limit: 50 } } })),
  });

/** What rules of a programme can speak of, with names in the reader's language. */
export const ruleNames = (programme: string | undefined) =>
  queryOptions({
    queryKey: ['rules', 'names', programme ?? ''],
    queryFn: () =>
      bodyOf(
        client.GET('/api/v1/programme/names', {
          params: { query: programme === undefined ? {} : { programme } },
        }),
      ),
    staleTime: 60_000,
  });

/** The kinds of activity that a programme knows, the declared ones first. */
export const activityKinds = (programme: string | undefined) =>
  queryOptions({
    queryKey: ['rules', 'kinds', programme ?? ''],
    queryFn: () =>
      bodyOf(
        client.GET('/api/v1/activity-kinds', {
          params: { query: programme === undefined ? {} : { programme } },
        }),
      ),
  });

/** What is wrong with a document as it stands; the answer before stays while the next one is on its way. */
export const ruleProblems = (programme: string | undefined, document: object) =>
  queryOptions({
    queryKey: ['rules', 'problems', programme ?? '', document],
    queryFn: () =>
      bodyOf(
        client.POST('/api/v1/rules/validation', {
          body: {
            ...(programme !== undefined && { programme }),
            document: document as Record<string, unknown>,
          },
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });

/** The replays of a rule that were asked for, the newest first. */
export const replaysOf = (programme: string, rule: string) =>
  queryOptions({
    queryKey: ['replays', 'of', programme, rule],
    queryFn: () => bodyOf(client.GET('/api/v1/replays', { params: { query: { programme, rule } } })),
  });

/** One replay, asked for every second as long as it runs. */
export const replayById = (id: string) =>
  queryOptions({
    queryKey: ['replays', id],
    queryFn: () => bodyOf(client.GET('/api/v1/replays/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => (data && isOver(data.state) ? false : 1000),
  });

const isOver = (state: string): boolean => state !== 'waiting' && state !== 'running';

/** Keys beyond a page of this size are so many that nobody looks at them one by one; the API has the others. */
const keysMax = 200;

export const keys = queryOptions({
  queryKey: ['keys'],
  queryFn: () => bodyOf(client.GET('/api/v1/keys', { params: { query: { limit: keysMax } } })),
});

export const experiments = queryOptions({
  queryKey: ['experiments'],
  queryFn: () => bodyOf(client.GET('/api/v1/experiments')),
  staleTime: 60_000,
});

/** Reads everything that both groups did, so it is not asked for again by itself. */
export const experiment = (name: string) =>
  queryOptions({
    queryKey: ['experiments', name],
    queryFn: () => bodyOf(client.GET('/api/v1/experiments/{name}', { params: { path: { name } } })),
    staleTime: 60_000,
  });

export const demoPeople = queryOptions({
  queryKey: ['demo', 'people'],
  queryFn: () => bodyOf(client.GET('/api/v1/demo/people')),
  staleTime: Infinity,
  // Outside the demo there is no such list, and nothing to try again for.
  retry: false,
});
