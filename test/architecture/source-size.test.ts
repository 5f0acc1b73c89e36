import { readText, sourceFiles } from './support';

const sizes = sourceFiles()
  .map((file) => ({ file, lines: readText(file).split('\n').length - 1 }))
  .sort((a, b) => a.lines - b.lines);

describe('source files', () => {
  test('the median one has fewer than 90 lines', () => {
    const median = sizes[Math.floor(sizes.length / 2)];

    expect(sizes.length).toBeGreaterThan(50);
    expect(median?.lines).toBeLessThan(90);
  });

  test('none has more than 300 lines', () => {
    expect(sizes.filter(({ lines }) => lines > 300)).toEqual([]);
  });

  test('each is named in kebab-case', () => {
    const names = sizes.map(({ file }) => file).filter((file) => !/^[a-z0-9-]+(\/[a-z0-9-]+)*(\.d)?\.ts$/.test(file));

    expect(names).toEqual([]);
  });
});
