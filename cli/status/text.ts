import { failureText } from '../failure';
import { facts, table } from '../table';
import type { InstallationState, Load, QueueObject, SystemObject } from './state';

/** The state for people. */
export function stateText(state: InstallationState, baseUrl: string): string {
  if ('failure' in state) return failureText(state.failure);
  const { system, queues } = state;
  const busy = (queues ?? []).filter(({ waiting, running, workers }) => waiting > 0 || running > 0 || workers === 0);
  return [
    `${system.ok ? '✓ all parts are up' : '✗ not all parts are up'}  ${baseUrl}, version ${versionsOf(system)}, ${timeOf(system.at)}`,
    '',
    table(
      ['PART', 'STATE', 'PROCESSES', ''],
      system.parts.map(({ name, status, processes, message }) => [
        name,
        status,
        processes === null ? '' : String(processes),
        message ?? '',
      ]),
    ),
    '',
    facts([
      ['generations', system.backlog === null ? 'not known' : loadText(system.backlog)],
      [
        'callbacks',
        system.callbacks === null ? null : `${system.callbacks.pending} to deliver, ${system.callbacks.failed} given up within a day`,
      ],
      ['breakers', breakersText(system)],
      ['incidents', incidentsText(system.incidents_open)],
      ['spent today', system.spend_today === null ? null : `US$ ${system.spend_today.usd} since midnight UTC`],
      ['alerts', alertsText(system)],
      ['balances', balancesText(system)],
      ['Temporal', system.temporal.ui_url],
    ]),
    ...(busy.length === 0 ? [] : ['', table(['QUEUE', 'WAITING', 'OLDEST', 'RUNNING', 'WORKERS'], busy.map(queueRow))]),
  ].join('\n');
}

/** While versions are exchanged there are several. */
function versionsOf({ version, processes }: SystemObject): string {
  const versions = new Set([version, ...(processes ?? []).map((one) => one.version ?? 'unknown')]);
  return [...versions].join(' and ');
}

function timeOf(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}

function loadText({ waiting, running, oldest_age_s: oldestAgeS }: Load): string {
  return `${waiting} waiting${oldestAgeS === null ? '' : `, the oldest for ${ageText(oldestAgeS)}`}; ${running} running`;
}

function breakersText({ breakers }: SystemObject): string | null {
  if (breakers === null) return null;
  if (breakers.length === 0) return 'none open';
  return breakers.map(({ provider, key, model, state }) => `${provider} (key ${key}, ${model}) ${state.replace('_', ' ')}`).join('; ');
}

/** Only what is wrong. */
function alertsText({ alerts_failing: failing }: SystemObject): string | null {
  if (failing === undefined || failing === null || failing.length === 0) return null;
  return failing.map(({ name, since, message }) => `${name} cannot be looked at since ${timeOf(since)}: ${message}`).join('; ');
}

function balancesText({ balances }: SystemObject): string | null {
  if (balances === undefined || balances === null || balances.length === 0) return null;
  const keys = (provider: string) => new Set(balances.filter((one) => one.provider === provider).map(({ key }) => key)).size;
  return balances
    .map(({ provider, key, amount, currency, error }) => {
      const whose = keys(provider) > 1 ? `${provider} (key ${key})` : provider;
      return `${whose} ${amount} ${currency}${error === null ? '' : ', not told since'}`;
    })
    .join('; ');
}

function incidentsText(open: number | null): string | null {
  if (open === null) return null;
  return open === 0 ? 'none open' : `${open} open: atelier incidents list`;
}

function queueRow({ name, waiting, oldest_age_s: oldestAgeS, running, workers }: QueueObject): readonly string[] {
  return [
    name,
    String(waiting),
    oldestAgeS === null ? '-' : ageText(oldestAgeS),
    String(running),
    workers === null ? '?' : String(workers),
  ];
}

/** "12 s", "5 min", "3 h" */
function ageText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
