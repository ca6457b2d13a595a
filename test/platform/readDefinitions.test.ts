import * as assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readDefinitions } from '../../src/platform/readDefinitions.ts';
import { maxDefinitionLength, parseFrontMatter } from '../../src/workflows/frontMatter.ts';
import { makePipe, temporaryFolders, writeTree } from '../workspace/temporaryFolder.ts';

describe('reading definitions', () => {
  const folder = temporaryFolders();

  it('finds the files of every place, of all folders and of the user', async () => {
    const [one, two, home] = [folder(), folder(), folder()];
    await writeTree(one, {
      '.flotilla/workflows/w.md': '1',
      '.flotilla/agents/b.md': '2',
      '.claude/agents/a.md': '3',
      '.github/agents/c.agent.md': '4',
      '.github/agents/README.md': 'no',
      '.github/agents/d.txt': 'no',
      '.claude/agents/deeper/e.md': 'no',
    });
    await writeTree(two, { '.github/agents/a.md': '5' });
    await writeTree(home, {
      '.claude/agents/u.md': '6',
      '.copilot/agents/v.md': '7',
      '.flotilla/agents/x.md': '8',
      '.github/agents/y.md': 'no',
    });
    const { files, leftOut } = await readDefinitions(
      [
        { name: 'one', path: one },
        { name: 'two', path: two },
      ],
      home,
    );
    assert.deepEqual(
      files.map(({ kind, source, path, text }) => [kind, source, path, text]),
      [
        ['workflow', 'workspace', 'one/.flotilla/workflows/w.md', '1'],
        ['agentType', 'workspace', 'one/.flotilla/agents/b.md', '2'],
        ['agentType', 'workspace', 'one/.claude/agents/a.md', '3'],
        ['agentType', 'workspace', 'one/.github/agents/c.agent.md', '4'],
        ['agentType', 'workspace', 'two/.github/agents/a.md', '5'],
        ['agentType', 'user', '~/.flotilla/agents/x.md', '8'],
        ['agentType', 'user', '~/.claude/agents/u.md', '6'],
        ['agentType', 'user', '~/.copilot/agents/v.md', '7'],
      ],
    );
    assert.equal(files[1]?.absolute, join(one, '.flotilla/agents/b.md'));
    assert.deepEqual(leftOut, []);
  });

  it('names a single folder in no path, and reads a file once when the workspace is the home folder', async () => {
    const home = folder();
    await writeTree(home, { '.claude/agents/a.md': '1' });
    const { files } = await readDefinitions([{ name: 'home', path: home }], home);
    assert.deepEqual(
      files.map(({ path }) => path),
      ['.claude/agents/a.md'],
    );
  });

  it('follows no link of a workspace to the outside, be it of a file or of a folder, and those of the user', async () => {
    const [workspace, home, outside] = [folder(), folder(), folder()];
    await writeTree(outside, { 'secret.md': 'secret', 'agents/s.md': 'secret' });
    await writeTree(workspace, { 'docs/inside.md': 'inside', '.claude/agents/ok.md': 'ok', '.flotilla/x': '', '.github/x': '' });
    symlinkSync(join(outside, 'secret.md'), join(workspace, '.claude/agents/secret.md'));
    symlinkSync(join(workspace, 'docs/inside.md'), join(workspace, '.claude/agents/inside.md'));
    symlinkSync(join(outside, 'agents'), join(workspace, '.flotilla/agents'));
    await writeTree(home, { '.claude/x': '' });
    symlinkSync(join(outside, 'agents'), join(home, '.claude/agents'));
    const { files, leftOut } = await readDefinitions([{ name: 'w', path: workspace }], home);
    assert.deepEqual(
      files.map(({ path, text }) => [path, text]),
      [
        ['.claude/agents/inside.md', 'inside'],
        ['.claude/agents/ok.md', 'ok'],
        ['~/.claude/agents/s.md', 'secret'],
      ],
    );
    assert.deepEqual(leftOut, [
      '.flotilla/agents/s.md: it is a link that leads out of the workspace.',
      '.claude/agents/secret.md: it is a link that leads out of the workspace.',
    ]);
  });

  it('opens nothing that is not a file', async () => {
    const [workspace, home] = [folder(), folder()];
    await writeTree(workspace, { '.claude/agents/folder.md/x': '' });
    makePipe(join(workspace, '.claude/agents/pipe.md'));
    symlinkSync(join(workspace, 'nowhere'), join(workspace, '.claude/agents/broken.md'));
    const { files, leftOut } = await readDefinitions([{ name: 'w', path: workspace }], home);
    assert.deepEqual(files, []);
    assert.equal(leftOut.length, 3);
    assert.match(leftOut[2] ?? '', /pipe\.md: it is not a file/);
  });

  it('reads of a file that is too large no more than lets the parser refuse it, whatever it is made of', async () => {
    const [workspace, home] = [folder(), folder()];
    const texts = ['a', 'ä', '語', '😀'].map((character) => character.repeat(3_000_000));
    await writeTree(workspace, Object.fromEntries(texts.map((text, index) => [`.claude/agents/${index}.md`, text])));
    const { files } = await readDefinitions([{ name: 'w', path: workspace }], home);
    assert.equal(files.length, 4);
    for (const { text } of files) {
      assert.ok(text.length > maxDefinitionLength && text.length <= 1024 * 1024);
      assert.match(parseFrontMatter(text).problems[0]?.message ?? '', /is larger than/);
    }
  });

  it('reads a hundred files at most of the workspace, and says so', async () => {
    const [workspace, home] = [folder(), folder()];
    const names = Array.from({ length: 120 }, (_, index) => `.claude/agents/a${index}.md`);
    await writeTree(workspace, Object.fromEntries(names.map((name) => [name, ''])));
    await writeTree(home, { '.claude/agents/u.md': '' });
    const { files, leftOut } = await readDefinitions([{ name: 'w', path: workspace }], home);
    assert.equal(files.length, 101);
    assert.deepEqual(leftOut, ['Of 120 definition files of the workspace, the first 100 are read.']);
  });
});
