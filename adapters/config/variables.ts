/** Every environment variable the processes read, and what it is for: one line each, checked against the docs and the compose file. */
export const VARIABLE_DESCRIPTIONS = {
  PORT: 'Port of the api and console; default 4000.',
  HOST: 'Address the api listens on; default 127.0.0.1.',
  ATELIER_HOME: 'Folder of everything the embedded default writes; default .atelier.',
  ATELIER_CONFIG: 'Path of the YAML configuration file; without it the sandbox models and a sample team.',
  ATELIER_MASTER_KEY:
    'Encrypts provider keys and secrets at rest; at least 32 characters, e.g. 32 random bytes in hex or base64. Required.',
  ATELIER_MASTER_KEY_PREVIOUS:
    'While the master key is rotated: the other key, with which secrets are decrypted too. See docs/production.md.',
  ATELIER_ADMIN_KEY: 'Key of the administrator; at least 32 characters. Without it the admin endpoints are closed.',
  ATELIER_ADMIN_EMAIL: 'With ATELIER_ADMIN_PASSWORD: an admin whom the migration makes unless somebody has this e-mail.',
  ATELIER_ADMIN_PASSWORD: 'The password they begin with, at least 12 characters; read only when they are made.',
  ATELIER_ALLOW_LOOPBACK: 'May callback and input URLs be loopback addresses? true or false; default false, true in the embedded default.',
  ATELIER_QUEUE_PREFIX: 'Prefix of the task queues, so that installations can share a Temporal namespace; default empty.',
  ATELIER_OPTIMISTIC: 'Make the first attempt of requests in the api before a workflow owns them; true or false; default true.',
  ATELIER_OPTIMISTIC_ITEMS:
    'Make the first attempt at images and videos of campaigns in the worker that starts them; true or false; default true.',
  ATELIER_PUBLIC_URL: 'Address under which the api is reached from outside, for links and provider webhooks.',
  ATELIER_CORS_ORIGINS: 'Origins of browser pages that may call the API with a key, with commas between them; none: no page; default *.',
  ATELIER_TRUSTED_PROXIES:
    'Reverse proxies whose X-Forwarded-For names the client: addresses and CIDRs with commas between them; default none.',
  ATELIER_LOG_LEVEL: 'debug, info, warn, error or silent; default info.',
  ATELIER_PORTS_FILE: 'JSON array of the TCP ports the installation listens on, which callers may not name; kept by the supervisor.',
  ATELIER_METRICS_PORT:
    'Port on which a process tells all its metrics at /metrics, for operators only; one for each process of a machine. Default: none.',
  ATELIER_POOL_MAX: 'Most Postgres connections of a process; default 10.',
  ATELIER_DRAIN_GRACE_MS:
    'After SIGTERM the api goes on taking requests for this long, so that load balancers notice; default 0. See docs/production.md.',
  ATELIER_DRAIN_MS: 'After SIGTERM requests, streams and calls of providers that are under way may take this long; default 20000.',
  ATELIER_HELD_MIB: 'What large requests and files may make a process hold at once, in MiB; default a sixteenth of the memory, 64 to 256.',
  ATELIER_HELD_TEAM_MIB: 'The same for one team; default three quarters of it.',
  ATELIER_FILE_MIB: 'The largest file that POST /v1/files accepts, in MiB; default 512.',
  ATELIER_FILES_TEAM_MIB: 'What the files of one team may have together, in MiB; default 102400, 100 GiB.',
  ATELIER_OIDC_ISSUER: 'Issuer of the OpenID Connect provider by which people sign in, https://...; default: passwords only.',
  ATELIER_OIDC_CLIENT_ID: 'Client id of this installation at the provider.',
  ATELIER_OIDC_CLIENT_SECRET: 'Its client secret.',
  ATELIER_OIDC_SCOPES: 'Scopes that are asked for; default openid email profile.',
  ATELIER_OIDC_GROUPS_CLAIM: 'Claim that lists the groups of a person; default groups.',
  ATELIER_OIDC_TEAMS: 'Roles in teams by group, domain or e-mail: designers=studio:creator,@studio.example=studio:viewer.',
  ATELIER_OIDC_TRUST_EMAIL: 'Believe e-mails of a provider that sends no email_verified; true or false; default false.',
  ATELIER_SESSION_IDLE_MINUTES: 'A person who made no request for so long must sign in again; default 1440.',
  ATELIER_SESSION_HOURS: 'A person must sign in again after so long at the latest; default 336, two weeks.',
  ATELIER_LOG_DAYS: 'Calls stay in the log for so many days; default 90. What was used stays counted.',
  ATELIER_ALERTS_EVERY_S: 'How often alerts are looked at, in seconds; default 10.',
  ATELIER_BALANCE_EVERY_S: 'How often each key of a provider is asked what is left of its account, in seconds; default 300.',
  ATELIER_BACKUP_TO:
    'Where backups asked for by the API or the console go, each in a folder of its own: an absolute folder of the workers, or s3://BUCKET/PREFIX.',
  ATELIER_SMTP_URL: 'The mail server for alerts by e-mail, as smtp://user:password@host:587 or smtps://...; default: no e-mail.',
  ATELIER_SMTP_FROM: 'Who these mails are from; default atelier@ and the name of the mail server.',
  ATELIER_TEMPORAL_UI_URL: "Address of Temporal's web page, which operators are told; default: the embedded one.",
  ATELIER_STATUS_PUBLIC: 'The status page names the providers; true or false; default false.',
  ATELIER_CALLBACK_SCALE: 'Shortens the schedule of callback tries, for tests: 0.001 makes an hour 3.6 seconds; default 1.',
  DATABASE_URL: 'Postgres, as postgres://user:password@host:port/database. Required.',
  S3_ENDPOINT: 'The S3 server, as http(s)://host:port. Required.',
  S3_PUBLIC_ENDPOINT:
    'Address of the S3 server as users reach it: signed links send there for the bytes; default: they go through the api.',
  S3_BUCKET: 'Bucket of assets and archives. Required.',
  S3_REGION: 'Region of the bucket; default us-east-1.',
  S3_ACCESS_KEY_ID: 'Access key of the S3 server. Required.',
  S3_SECRET_ACCESS_KEY: 'Secret key of the S3 server. Required.',
} as const satisfies Record<string, string>;

/** The names alone, in the order of the documentation. */
export const SETTINGS_VARIABLES: readonly string[] = Object.keys(VARIABLE_DESCRIPTIONS);
