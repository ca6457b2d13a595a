const filler = (count: number) => Array.from({ length: count }, (_, index) => `export const value${index} = ${index};`).join('\n');

/** A small project with one of everything the practice model looks for. */
export const sampleFiles: Readonly<Record<string, string>> = {
  'README.md': '# Sample\n\nThis is teh sample project.\n\n## Use\n\nRun it.\n',
  'package.json': '{\n  "name": "sample",\n  "scripts": { "test": "node --test" }\n}\n',
  'src/index.ts': "export function start(): void {\n  // TODO: read the settings\n  console.log('started');\n}\n",
  'src/load.ts':
    'export function load(text: string): any {\n  try {\n    return JSON.parse(text);\n  } catch {}\n  return eval(text);\n}\n',
  'src/long.ts': `${filler(450)}\n`,
  'src/auth/login.ts':
    "export const apiKey = 'abcdefghijklmnop1234';\n// FIXME: check the password\nexport function login(a: string, b: string, c: string, d: string, e: string, f: string) {\n  return [a, b, c, d, e, f];\n}\n",
  'test/load.test.ts':
    "import { load } from '../src/load.ts';\ntest('loads', () => load('1'));\ntest.skip('fails', () => setTimeout(load, 100));\n",
  'docs/guide.md': '# Guide\n\nThis part is TBD.\n',
};

/** The sample in many copies, so that a lead has folders to divide by. */
export function largeFiles(): Record<string, string> {
  const files: Record<string, string> = { ...sampleFiles };
  for (const folder of ['packages', 'services']) {
    for (let index = 0; index < 20; index++) {
      files[`${folder}/part${index}/main.ts`] = `// TODO: part ${index} of ${folder}\nexport const part = ${index};\n`;
    }
  }
  return files;
}
