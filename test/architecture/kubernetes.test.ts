import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { checkConfig } from '../../adapters/config/file';
import { SETTINGS_VARIABLES, loadSettings } from '../../adapters/config/settings';
import { ROUTES } from '../../domain/access/routes';
import { hasPython, pythonPackage } from '../support/python-package';
import { composeFile, envNames } from './compose-file';
import { ROOT, readText } from './support';

const FOLDER = 'deploy/kubernetes';
/** The oldest version that the manifests are meant for, and the newest whose schemas are published. */
const VERSIONS = ['1.30', '1.37'] as const;
const documentsOf = (text: string): readonly any[] => parseAllDocuments(text).map((document): unknown => document.toJS());
const kustomizations = ['base', 'example', 'autoscaling'].map((folder) => ({
  folder,
  ...parse(readText(`${FOLDER}/${folder}/kustomization.yaml`)),
}));
const documents = kustomizations
  .flatMap(({ folder, resources }) => resources.map((file: string) => `${FOLDER}/${folder}/${file}`))
  .filter((file: string) => file.endsWith('.yaml'))
  .flatMap((file) => documentsOf(readText(file)));
const named = (kind: string, name: string): any => documents.find((one) => one.kind === kind && one.metadata.name === name);
const pods = ['api', 'worker'].map((part) => named('Deployment', `atelier-${part}`)).concat(named('Job', 'atelier-migrate'));
const settings: Record<string, string> = {
  ...named('ConfigMap', 'atelier-settings').data,
  ...parse(readText(`${FOLDER}/example/settings.yaml`)).data,
};
const secrets = envNames(`${FOLDER}/example/secrets.env.example`);

/** What the published schemas of a version of Kubernetes have against documents, in their order; unknown fields count. */
async function faultsOf(version: string, given: readonly unknown[]): Promise<readonly (string | null)[]> {
  const { status, stdout, stderr } = spawnSync('python3', [path.join(__dirname, 'kubernetes-schemas.py')], {
    input: JSON.stringify({ version, documents: given }),
    env: { ...process.env, PYTHONPATH: await pythonPackage('kubernetes-validate', '1.37.0') },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly (string | null)[];
}

(hasPython ? describe : describe.skip)('the schemas of Kubernetes', () => {
  test.each(VERSIONS)(
    'of version %s accept every manifest',
    async (version) => {
      expect(await faultsOf(version, documents)).toEqual(documents.map(() => null));
      expect(documents.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining([
          'ConfigMap',
          'Deployment',
          'HorizontalPodAutoscaler',
          'Ingress',
          'Job',
          'Namespace',
          'NetworkPolicy',
          'PodDisruptionBudget',
          'Service',
        ]),
      );
    },
    300_000,
  );

  test('find a field that does not exist and a value of the wrong type, also deep inside', async () => {
    const misspelt = structuredClone(named('Deployment', 'atelier-api'));
    misspelt.spec.template.spec.containers[0].readinesProbe = {};
    const mistyped = structuredClone(named('Deployment', 'atelier-api'));
    mistyped.spec.template.spec.containers[0].ports[0].containerPort = '4000';
    expect(await faultsOf(VERSIONS[1], [misspelt, mistyped])).toEqual([
      expect.stringContaining('readinesProbe'),
      expect.stringContaining('containerPort'),
    ]);
  });

  // Only where there is kubectl: what it makes of the example is what would be applied.
  const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
  (hasKubectl ? test : test.skip)('accept what kubectl makes of the example', async () => {
    const { stdout, stderr } = spawnSync('kubectl', ['kustomize', path.join(ROOT, FOLDER, 'example')], { encoding: 'utf8' });
    const made = documentsOf(stdout);
    expect(stderr).toBe('');
    expect(await faultsOf(VERSIONS[1], made)).toEqual(made.map(() => null));
    const ofPart = (name: string): any => made.find((one) => one.kind === 'Deployment' && one.metadata.name === name);
    expect(ofPart('atelier-worker').spec.replicas).toBe(3);
    expect(ofPart('atelier-api').spec.template.spec.containers[0].image).toBe('registry.example.com/atelier:0.1.0');
    for (const { metadata, kind } of made) if (kind !== 'Namespace') expect([kind, metadata.namespace]).toEqual([kind, 'atelier']);
  });
});

test('every file that a kustomization names exists, and every patch is of something that is there', () => {
  for (const { folder, resources, patches = [], configMapGenerator = [] } of kustomizations) {
    const files = [...resources, ...patches.map((patch: any) => patch.path), ...configMapGenerator.flatMap((one: any) => one.files)];
    for (const file of files) expect([file, existsSync(path.join(ROOT, FOLDER, folder, file))]).toEqual([file, true]);
    for (const { path: file, target } of patches) {
      if (target !== undefined) {
        expect(named(target.kind, target.name)).toBeDefined();
        continue;
      }
      const patch = parse(readText(`${FOLDER}/${folder}/${file}`));
      expect(named(patch.kind, patch.metadata.name)).toBeDefined();
    }
  }
});

test('every variable is one that docs/configuration.md describes, and together they are settings that the processes accept', () => {
  const documented = [...readText('docs/configuration.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  const known = [...documented, 'TEMPORAL_NAMESPACE'];
  expect([...Object.keys(settings), ...secrets].filter((name) => !known.includes(name))).toEqual([]);
  expect(Object.keys(settings).filter((name) => /KEY|SECRET|PASSWORD|DATABASE_URL/.test(name))).toEqual([]);
  expect(SETTINGS_VARIABLES).toEqual(expect.arrayContaining(Object.keys(settings).filter((name) => !name.startsWith('TEMPORAL_'))));

  const filled = Object.fromEntries(secrets.map((name) => [name, `0123456789abcdef-${name}-filled-in`]));
  const values = {
    ...settings,
    ...filled,
    DATABASE_URL: 'postgres://a:b@postgres:5432/atelier',
    ATELIER_ADMIN_EMAIL: 'ops@studio.example',
  };
  expect(loadSettings(values)).toMatchObject({ host: '0.0.0.0', port: 4_000, allowLoopback: false });
  for (const { spec } of pods) {
    const [container] = spec.template.spec.containers;
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'atelier-settings' } }, { secretRef: { name: 'atelier-secrets' } }]);
  }
});

test('the processes are those of docker-compose.yml, and none may more than it must', () => {
  const { services } = composeFile();
  for (const { metadata, spec } of pods) {
    const { containers, securityContext, volumes, automountServiceAccountToken } = spec.template.spec;
    const [container] = containers;
    expect(container.command).toEqual(services[container.name]?.command);
    expect(container.image).toBe(services[container.name]?.image);
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1_000, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(automountServiceAccountToken).toBe(false);
    expect(container.resources.limits.memory).toBeDefined();
    // Scratch files, with a bound.
    const scratch = container.volumeMounts.find(({ mountPath }: any) => mountPath === '/tmp').name;
    expect(volumes.find(({ name }: any) => name === scratch).emptyDir.sizeLimit).toBeDefined();
    expect(path.dirname(settings['ATELIER_CONFIG']!)).toBe(container.volumeMounts.find(({ name }: any) => name === 'config').mountPath);
    expect(spec.template.metadata.labels).toEqual(metadata.labels);
  }
});

test('probes ask routes that exist, at the port that the api listens on and the service leads to', () => {
  const [container] = named('Deployment', 'atelier-api').spec.template.spec.containers;
  const [port] = container.ports;
  expect(String(port.containerPort)).toBe(settings['PORT']);
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    const { path: asked, port: at } = container[probe].httpGet;
    expect(Object.keys(ROUTES)).toContain(`GET ${asked}`);
    expect(at).toBe(port.name);
  }
  expect(container.readinessProbe.httpGet.path).toBe('/readyz');
  expect(named('Service', 'atelier-api').spec.ports[0].targetPort).toBe(port.name);
  expect(named('Ingress', 'atelier').spec.rules[0].http.paths[0].backend.service).toEqual({
    name: 'atelier-api',
    port: { name: port.name },
  });
});

test('a pod has time to drain, another is there meanwhile, and selectors choose what they should', () => {
  const drainS = (Number(settings['ATELIER_DRAIN_GRACE_MS']) + Number(settings['ATELIER_DRAIN_MS'])) / 1_000;
  for (const part of ['api', 'worker']) {
    const { metadata, spec } = named('Deployment', `atelier-${part}`);
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drainS + 10);
    expect(spec.replicas).toBeGreaterThanOrEqual(2);
    expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(named('PodDisruptionBudget', `atelier-${part}`).spec).toMatchObject({ maxUnavailable: 1, selector: spec.selector });
    expect(spec.selector.matchLabels).toEqual(metadata.labels);
  }
  expect(named('Service', 'atelier-api').spec.selector).toEqual(named('Deployment', 'atelier-api').metadata.labels);
  // As long as it takes the readiness probe to fail twice.
  const { periodSeconds, timeoutSeconds, failureThreshold } = named('Deployment', 'atelier-api').spec.template.spec.containers[0]
    .readinessProbe;
  expect(Number(settings['ATELIER_DRAIN_GRACE_MS']) / 1_000).toBeGreaterThan(
    Number(periodSeconds) * Number(failureThreshold) + Number(timeoutSeconds),
  );
});

test('the autoscaler has the pods of the api, from as many as the Deployment has, and nothing else says how many', () => {
  const { spec } = named('HorizontalPodAutoscaler', 'atelier-api');
  const deployment = named('Deployment', 'atelier-api');
  expect(spec.scaleTargetRef).toEqual({ apiVersion: deployment.apiVersion, kind: 'Deployment', name: deployment.metadata.name });
  expect(spec.minReplicas).toBe(deployment.spec.replicas);
  // It counts in shares of what a pod asks for.
  expect(deployment.spec.template.spec.containers[0].resources.requests.cpu).toBeDefined();
  expect(parse(readText(`${FOLDER}/autoscaling/replicas.yaml`))).toEqual([{ op: 'remove', path: '/spec/replicas' }]);
});

test('workers tell their metrics at the port that Prometheus asks, here and with docker compose, and only to its namespace', () => {
  const { env, ports } = named('Deployment', 'atelier-worker').spec.template.spec.containers[0];
  const [target] = parse(readText('deploy/prometheus/prometheus.yml')).scrape_configs.find((job: any) => job.job_name === 'atelier-worker')
    .static_configs[0].targets;
  const port = String(target).split(':')[1];
  expect(env).toEqual([{ name: 'ATELIER_METRICS_PORT', value: port }]);
  expect(ports).toEqual([{ name: 'metrics', containerPort: Number(port) }]);
  expect(composeFile().services['worker']?.environment?.['ATELIER_METRICS_PORT']).toBe(port);
  expect(composeFile().services['api']?.environment).not.toHaveProperty('ATELIER_METRICS_PORT');
  const { podSelector, ingress } = named('NetworkPolicy', 'atelier-worker').spec;
  expect(podSelector.matchLabels).toEqual(named('Deployment', 'atelier-worker').metadata.labels);
  expect(ingress).toEqual([
    { from: [expect.objectContaining({ namespaceSelector: expect.anything() })], ports: [{ protocol: 'TCP', port: 'metrics' }] },
  ]);
});

test('the configuration of the example is accepted', () => {
  expect(checkConfig(readText(`${FOLDER}/example/atelier.yaml`), {}).faults).toEqual([]);
});
