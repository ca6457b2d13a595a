import type { Story } from './story.ts';
import { linesRead, type Terrain } from './toolText.ts';

/** Files that say how a project is tested, in the order in which they are asked. */
const manifests = ['package.json', 'Makefile', 'Cargo.toml', 'go.mod', 'pyproject.toml', 'pytest.ini', 'tox.ini', 'setup.cfg'];

/** The manifests there are at the top of the workspace. */
export function manifestsIn({ files }: Terrain): readonly string[] {
  return manifests.filter((name) => files.includes(name)).slice(0, 3);
}

/** The command that runs a project's tests, as its own files define it, with the file that does. */
export function testCommandOf(story: Story, terrain: Terrain): { readonly command: string; readonly from: string } | undefined {
  const read = linesRead([...story.earlierCalls, ...story.calls]);
  const textOf = (name: string) => [...(read.get(name)?.values() ?? [])].join('\n');
  const script = /"test"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(textOf('package.json'))?.[1];
  if (script !== undefined && !/no test specified/.test(script)) {
    return { command: 'npm test --silent', from: 'package.json' };
  }
  if (/^test\s*:/m.test(textOf('Makefile'))) {
    return { command: 'make test', from: 'Makefile' };
  }
  if (terrain.files.includes('Cargo.toml')) {
    return { command: 'cargo test', from: 'Cargo.toml' };
  }
  if (terrain.files.includes('go.mod')) {
    return { command: 'go test ./...', from: 'go.mod' };
  }
  const pytest = ['pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg'].find(
    (name) => /pytest/.test(textOf(name)) || name === 'pytest.ini',
  );
  return pytest !== undefined && terrain.files.includes(pytest) ? { command: 'python3 -m pytest -q', from: pytest } : undefined;
}
