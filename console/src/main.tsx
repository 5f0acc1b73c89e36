import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, NoConnection } from './api/errors';
import { firstLanguage } from './lib/language';
import { queryClient } from './app/query-client';
import { router } from './app/router';
import { startText } from './lib/text';
import './ui/base.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');

await startText(firstLanguage());
createRoot(root, {
  // What the API refused is shown where it belongs; anything else is a fault of ours, and said to whoever looks at the console.
  onCaughtError: (error) => {
    if (!(error instanceof ApiError || error instanceof NoConnection)) reportError(error);
  },
}).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
