import { join } from 'node:path';
import type { Home } from '../home';
import { plainEnvironment, type Environment, type ProcessSpec } from '../process/spec';
import { temporalKnowsNamespace } from './probes';

/** Search attributes that operators filter by. */
const SEARCH_ATTRIBUTES = ['AtelierTeam', 'AtelierClass', 'AtelierModel', 'AtelierCampaign', 'AtelierKind'];

/** Exact fairness between classes needs the fair queue, and one partition each, so that there is one order. */
const FAIRNESS = ['matching.enableFairness=true', 'matching.numTaskqueueReadPartitions=1', 'matching.numTaskqueueWritePartitions=1'];

// Its caches are made for machines of its own: by default they keep the last 128,000 runs in memory, here the last few thousand.
const CACHES = ['history.hostLevelCacheMaxSize=2000', 'history.eventsHostLevelCacheMaxSizeBytes=33554432'];

// One sync per checkpoint instead of one per commit, of which a run makes dozens. A killed process loses nothing; after a power cut the last
// moments of Temporal may be missing, and the sweeper starts again from Postgres, which syncs.
const SQLITE_PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];

export interface TemporalOptions {
  readonly home: Home;
  readonly environment: Environment;
  readonly binary: string;
  readonly ports: { readonly frontend: number; readonly ui: number; readonly http: number; readonly metrics: number };
}

/** Temporal's development server with a database file, on loopback. */
export function temporalSpec({ home, environment, binary, ports }: TemporalOptions): ProcessSpec {
  const options: Record<string, string | number> = {
    'db-filename': join(home.temporal, 'temporal.db'),
    ip: '127.0.0.1',
    port: ports.frontend,
    'ui-ip': '127.0.0.1',
    'ui-port': ports.ui,
    'http-port': ports.http,
    'metrics-port': ports.metrics,
    'log-level': 'warn',
  };
  return {
    name: 'temporal',
    title: 'Temporal',
    command: binary,
    args: [
      'server',
      'start-dev',
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      '--ui-disable-news-fetch',
      ...SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
      ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ...[...FAIRNESS, ...CACHES].flatMap((setting) => ['--dynamic-config-value', setting]),
    ],
    environment: { ...plainEnvironment(environment), HOME: home.temporal },
    niceness: 2,
    word: 'temporal',
    kind: 'server',
    stopSignal: 'SIGTERM',
    stopWithinMs: 6_000,
    readyWithinMs: 60_000,
    where: `127.0.0.1:${ports.frontend}`,
    isReady: () => temporalKnowsNamespace(ports.frontend, 'default'),
  };
}
