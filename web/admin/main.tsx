import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../tokens.css';
import './mantine.css';
import './base.css';
import './frame.css';
import './table.css';
import { Announcer } from './announce.tsx';
import { client, Refusal } from './api.ts';
import { acceptLanguage, LanguageProvider } from './language.tsx';
import { me } from './queries.ts';
import { makeRouter } from './routes.tsx';
import { colorSchemes, showScheme, theme } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only what did not get through is worth asking again.
      retry: (failures, error) => failures < 2 && !(error instanceof Refusal && error.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});
const router = makeRouter(queries);

client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', acceptLanguage());
    return request;
  },
  onResponse({ response, request }) {
    // The session ended while somebody worked: show the sign-in in place, the address stays.
    if (response.status === 401 && !request.url.includes('/auth/') && queries.getQueryData(me.queryKey))
      void queries.resetQueries({ queryKey: me.queryKey });
  },
});

showScheme(colorSchemes.get('auto'));
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    {/* The style sheets that Mantine writes at run time are replaced by mantine.css: style-src 'self' forbids them. */}
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <Announcer>
            <RouterProvider router={router} />
          </Announcer>
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
);
