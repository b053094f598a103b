// Addresses are real: every view can be linked, opened in a new tab and reached by the back button.
import { useEffect, useReducer } from 'preact/hooks';

export interface Place {
  view: 'overview' | 'mail' | 'booking' | 'dead' | 'audit';
  account: string;
  id: string;
  query: URLSearchParams;
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

// The server answers 404 for every other address.
export function place(): Place {
  const [view = '', account = '', id = ''] = location.pathname.split('/').slice(2).map(decoded);
  const query = new URLSearchParams(location.search);
  const found = { account, id, query };
  if (view === 'mail' || view === 'booking' || view === 'dead' || view === 'audit') return { view, ...found };
  return { view: 'overview', ...found };
}

const watchers = new Set<() => void>();
const tell = (): void => watchers.forEach((watcher) => watcher());
addEventListener('popstate', tell);

export function go(to: string, replace = false): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  tell();
}

export function usePlace(): Place {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const watcher = () => draw(undefined);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return place();
}

// Plain clicks on our own links stay in the page; every other click is the browser's.
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.download || link.origin !== location.origin) return;
  if (link.pathname !== '/admin' && !link.pathname.startsWith('/admin/')) return;
  if (link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  go(link.pathname + link.search);
});

// The same address with some of its query changed; empty values leave it.
export function withQuery(changes: Record<string, string>, pathname = location.pathname): string {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return pathname + (query.size ? `?${query}` : '');
}
