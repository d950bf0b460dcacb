import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { evidenceStates, ruleStates, type EvidenceState, type RuleState } from './api.ts';
import { Frame } from './frame.tsx';
import { NotFound } from './notices.tsx';
import { evidenceDetail, evidenceList, explanation, ruleDetail, rules } from './queries.ts';

/** What the address of the list says: the filter, the page of it, and the receipt that lies open over it. */
export type EvidenceSearch = { state?: EvidenceState; before?: string; open?: string };

/** The rules: instead the experiments or the kinds of activity, one of which is changed; or only rules of one state. */
export type RulesSearch = { show?: 'experiments' | 'kinds'; kind?: string; state?: RuleState };
/** A new rule: the template or the rule that it begins with, and the programme where there are several. */
type NewRuleSearch = { template?: string; copy?: string; programme?: string };
/** A rule: which view of it, which replay, and what is compared with what: days of a replay, or versions. */
type RuleSearch = { show?: 'edit' | 'replay' | 'history'; run?: string; from?: string; to?: string };

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Frame,
  notFoundComponent: NotFound,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/evidence' });
  },
});

const evidence = createRoute({
  getParentRoute: () => root,
  path: '/evidence',
  validateSearch: (search: Record<string, unknown>): EvidenceSearch => ({
    ...(isState(search.state) && { state: search.state }),
    ...(typeof search.before === 'string' && { before: search.before }),
    ...(typeof search.open === 'string' && { open: search.open }),
  }),
  loaderDeps: ({ search: { state, before } }) => ({ state, before }),
  loader: ({ context, deps }) => void context.queries.prefetchQuery(evidenceList(deps)),
  component: lazyRouteComponent(() => import('./evidence/list.tsx'), 'ListPage'),
});

const evidencePage = createRoute({
  getParentRoute: () => root,
  path: '/evidence/$id',
  loader: ({ context, params }) => void context.queries.prefetchQuery(evidenceDetail(params.id)),
  component: lazyRouteComponent(() => import('./evidence/page.tsx'), 'EvidencePage'),
});

const transferPage = createRoute({
  getParentRoute: () => root,
  path: '/transfers/$id',
  loader: ({ context, params }) => void context.queries.prefetchQuery(explanation(params.id)),
  component: lazyRouteComponent(() => import('./transfer.tsx'), 'TransferPage'),
});

const participantPage = createRoute({
  getParentRoute: () => root,
  path: '/participants/$id',
  validateSearch: (search: Record<string, unknown>): { before?: string } =>
    typeof search.before === 'string' ? { before: search.before } : {},
  component: lazyRouteComponent(() => import('./participant.tsx'), 'ParticipantPage'),
});

/** The outlets or the people: what is looked for, and where the page before ended. */
type PartnersSearch = { show?: 'people'; search?: string; before?: string };

const partners = createRoute({
  getParentRoute: () => root,
  path: '/partners',
  validateSearch: ({ show, search, before }: Record<string, unknown>): PartnersSearch => ({
    ...(show === 'people' && { show }),
    ...(typeof search === 'string' && { search }),
    ...(typeof before === 'string' && { before }),
  }),
  component: lazyRouteComponent(() => import('./partners.tsx'), 'PartnersPage'),
});

const keysPage = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  component: lazyRouteComponent(() => import('./keys/page.tsx'), 'KeysPage'),
});

const rulesPage = createRoute({
  getParentRoute: () => root,
  path: '/rules',
  validateSearch: ({ show, kind, state }: Record<string, unknown>): RulesSearch => ({
    ...((show === 'experiments' || show === 'kinds') && { show }),
    ...(typeof kind === 'string' && { kind }),
    ...(ruleStates.some((one) => one === state) && { state: state as RuleState }),
  }),
  loader: ({ context }) => void context.queries.prefetchQuery(rules),
  component: lazyRouteComponent(() => import('./rules/list.tsx'), 'RulesPage'),
});

const newRulePage = createRoute({
  getParentRoute: () => root,
  path: '/rules/new',
  validateSearch: ({ template, copy, programme }: Record<string, unknown>): NewRuleSearch => ({
    ...(typeof template === 'string' && { template }),
    ...(typeof copy === 'string' && { copy }),
    ...(typeof programme === 'string' && { programme }),
  }),
  component: lazyRouteComponent(() => import('./rules/new.tsx'), 'NewRulePage'),
});

const rulePage = createRoute({
  getParentRoute: () => root,
  path: '/rules/$id',
  validateSearch: ({ show, run, from, to }: Record<string, unknown>): RuleSearch => ({
    ...((show === 'edit' || show === 'replay' || show === 'history') && { show }),
    ...(typeof run === 'string' && { run }),
    ...(typeof from === 'string' && { from }),
    ...(typeof to === 'string' && { to }),
  }),
  loader: ({ context, params }) => void context.queries.prefetchQuery(ruleDetail(params.id)),
  component: lazyRouteComponent(() => import('./rules/rule.tsx'), 'RulePage'),
});

/** Progress: which view of it, the goals where nothing is said; and of which programme, where there are several. */
type ProgressSearch = { show?: (typeof progressViews)[number]; programme?: string };
const progressViews = ['tiers', 'segments', 'discounts'] as const;

const progressPage = createRoute({
  getParentRoute: () => root,
  path: '/progress',
  validateSearch: ({ show, programme }: Record<string, unknown>): ProgressSearch => {
    const view = progressViews.find((one) => one === show);
    return { ...(view && { show: view }), ...(typeof programme === 'string' && { programme }) };
  },
  component: lazyRouteComponent(() => import('./progress/page.tsx'), 'ProgressPage'),
});

const goalPage = createRoute({
  getParentRoute: () => root,
  path: '/progress/goals/$id',
  component: lazyRouteComponent(() => import('./progress/goal.tsx'), 'GoalPage'),
});

const activityPage = createRoute({
  getParentRoute: () => root,
  path: '/activities/$id',
  component: lazyRouteComponent(() => import('./activity.tsx'), 'ActivityPage'),
});

const tree = root.addChildren([
  progressPage,
  goalPage,
  activityPage,
  rulesPage,
  newRulePage,
  rulePage,
  home,
  evidence,
  evidencePage,
  transferPage,
  participantPage,
  partners,
  keysPage,
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: '/admin',
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    // Addresses are read and shared by people: plain words, no JSON in quotation marks.
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const kept = Object.entries(search).filter(([, value]) => value !== undefined);
      const text = new URLSearchParams(kept as [string, string][]).toString();
      return text && `?${text}`;
    },
  });
}

function isState(value: unknown): value is EvidenceState {
  return evidenceStates.some((state) => state === value);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
