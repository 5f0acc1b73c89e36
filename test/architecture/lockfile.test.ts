import { readText } from './support';

interface Entry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly integrity?: string;
  readonly version?: string;
}

const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Readonly<Record<string, Entry>> };

/** Whether Node would find `name` from the package at `place`: in its own node_modules, or in one further up. */
function isFound(place: string, name: string): boolean {
  const own = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
  if (Object.hasOwn(packages, own)) return true;
  if (place === '') return false;
  return isFound(place.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ''), name);
}

describe('package-lock.json', () => {
  test('holds every package that another one needs, for every platform, so that npm ci accepts it', () => {
    const missing = Object.entries(packages).flatMap(([place, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.devDependencies })
        .filter((name) => !isFound(place, name))
        .map((name) => `${name}, needed by ${place === '' ? 'package.json' : place}`),
    );

    // Repair with: npm install --package-lock-only
    expect(missing).toEqual([]);
  });

  test('agrees with package.json', () => {
    const manifest = JSON.parse(readText('package.json')) as Entry;

    expect(packages['']?.dependencies).toEqual(manifest.dependencies);
    expect(packages['']?.devDependencies).toEqual(manifest.devDependencies);
  });

  test('knows the checksum of every package', () => {
    const unchecked = Object.entries(packages).filter(([place, entry]) => place !== '' && entry.integrity === undefined);

    expect(unchecked.map(([place]) => place)).toEqual([]);
  });

  test('pins every package that package.json names to one version', () => {
    const manifest = JSON.parse(readText('package.json')) as Entry;
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range),
    );

    expect(ranges).toEqual([]);
  });
});
