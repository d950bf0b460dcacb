import { queryOptions } from '@tanstack/react-query';
import { bodyOf, client } from '../api.ts';

/** What is fetched about goals, tiers, segments and discounts; everything under `progress`, so that a change refreshes all. */
const key = (...parts: string[]) => ['progress', ...parts];

export const standings = (programme: string) =>
  queryOptions({
    queryKey: key('in', programme, 'standings'),
    queryFn: () => bodyOf(client.GET('/api/v1/standings', { params: { query: { programme } } })),
  });

export const goalPeople = (id: string) =>
  queryOptions({
    queryKey: key('standings', id),
    queryFn: () =>
      bodyOf(client.GET('/api/v1/rules/{id}/standings', { params: { path: { id }, query: {} } })),
  });

/** The targets of a rule: of one owner, or those of all that were set last. */
export const targets = (id: string, owner?: string) =>
  queryOptions({
    queryKey: key('targets', id, owner ?? 'all'),
    queryFn: () =>
      bodyOf(
        client.GET('/api/v1/rules/{id}/targets', {
          params: { path: { id }, query: { limit: 50, ...(owner !== undefined && { owner }) } },
        }),
      ),
  });

export const tierSizes = (programme: string) =>
  queryOptions({
    queryKey: key('in', programme, 'tiers'),
    queryFn: () => bodyOf(client.GET('/api/v1/tiers', { params: { query: { programme } } })),
  });

export const segments = (programme: string) =>
  queryOptions({
    queryKey: key('in', programme, 'segments'),
    queryFn: () => bodyOf(client.GET('/api/v1/segments', { params: { query: { programme } } })),
  });

export const segmentMembers = (programme: string, segment: string) =>
  queryOptions({
    queryKey: key('in', programme, 'segments', segment),
    queryFn: () =>
      bodyOf(
        client.GET('/api/v1/segments/members', { params: { query: { programme, segment, limit: 200 } } }),
      ),
  });

/** What the programme says of tiers, segments and discounts: every version that is or was in force. */
export const documents = (programme: string) =>
  queryOptions({
    queryKey: key('in', programme, 'documents'),
    queryFn: () => bodyOf(client.GET('/api/v1/programme/progress', { params: { query: { programme } } })),
  });

export const overrides = (programme: string) =>
  queryOptions({
    queryKey: key('overrides', programme),
    queryFn: () =>
      bodyOf(client.GET('/api/v1/discount-overrides', { params: { query: { programme, limit: 100 } } })),
  });

const of = (id: string) => ({ params: { path: { id }, query: {} } });

export const goalsOf = (id: string) =>
  queryOptions({
    queryKey: key('of', id, 'goals'),
    queryFn: () => bodyOf(client.GET('/api/v1/participants/{id}/goals', of(id))),
  });

export const tiersOf = (id: string) =>
  queryOptions({
    queryKey: key('of', id, 'tiers'),
    queryFn: () => bodyOf(client.GET('/api/v1/participants/{id}/tiers', of(id))),
  });

export const discountsOf = (id: string) =>
  queryOptions({
    queryKey: key('of', id, 'discounts'),
    queryFn: () => bodyOf(client.GET('/api/v1/participants/{id}/discounts', of(id))),
  });

export const segmentsOf = (id: string) =>
  queryOptions({
    queryKey: key('of', id, 'segments'),
    queryFn: () => bodyOf(client.GET('/api/v1/participants/{id}/segments', of(id))),
  });

export const activitiesOf = (participant: string) =>
  queryOptions({
    queryKey: key('of', participant, 'activities'),
    queryFn: () =>
      bodyOf(client.GET('/api/v1/activities', { params: { query: { participant, limit: 30 } } })),
  });

export const activity = (id: string) =>
  queryOptions({
    queryKey: key('activity', id),
    queryFn: () => bodyOf(client.GET('/api/v1/activities/{id}', { params: { path: { id } } })),
  });

export const activityTraces = (id: string) =>
  queryOptions({
    queryKey: key('activity', id, 'why'),
    queryFn: () => bodyOf(client.GET('/api/v1/activities/{id}/explanation', { params: { path: { id } } })),
  });
