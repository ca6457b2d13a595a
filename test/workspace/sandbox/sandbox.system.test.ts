import * as assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createPlace, type Place } from './confined.ts';

const protectedFiles = [
  '.git/config',
  '.git/hooks/pre-commit',
  '.gitmodules',
  '.gitattributes',
  '.vscode/settings.json',
  '.idea/workspace.xml',
  'project.code-workspace',
  '.devcontainer/devcontainer.json',
  '.husky/pre-commit',
  '.github/workflows/ci.yml',
  '.envrc',
  '.npmrc',
  '.yarnrc.yml',
  '.tool-versions',
  'mise.toml',
  '.claude/settings.json',
  '.codex/config.toml',
  '.cursor/rules/a.md',
  '.gemini/settings.json',
  '.roo/rules.md',
  '.clinerules',
  '.mcp.json',
  '.flotilla/agents/worker.md',
  'AGENTS.md',
  'CLAUDE.md',
  '.bashrc',
  'deep/below/.git/config',
  'deep/below/AGENTS.md',
  'deep/below/.vscode/tasks.json',
];

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('Sandbox', function () {
  this.timeout(60_000);
  let place: Place;

  // Fails where bubblewrap is missing, rather than being skipped.
  before(async () => {
    place = createPlace();
    assert.deepEqual(await place.sandbox.status(), { kind: 'ready' });
  });

  beforeEach(() => place.empty());

  after(() => place.close());

  const work = (...names: string[]) => place.at('work', ...names);

  describe('lets a command', () => {
    it('write in its folder and for itself, and gives output and exit code', async () => {
      const result = await place.run(
        'echo one; echo two >&2; echo three > /dev/stderr; echo x > made; echo y > "$TMPDIR/own" && cat "$TMPDIR/own"; exit 3',
      );
      assert.equal(result.output, 'one\ntwo\nthree\ny\n');
      assert.equal(result.exitCode, 3);
      assert.equal(readFileSync(work('made'), 'utf8'), 'x\n');
      assert.deepEqual(result.audit, { changed: [], created: [] });
    });

    it('take its text as it is, quotes and all', async () => {
      const result = await place.run(`printf '%s|' 'a b' "it's" "\\$x" $'tab\\t' "a
b"; echo ''"'"''`);
      assert.equal(result.output, "a b|it's|$x|tab\t|a\nb|'\n");
    });

    it('use node, git and pipes', async () => {
      const result = await place.run('node -e "console.log(6*7)" | cat; git --version | cut -c1-3; seq 100000 | tail -1');
      assert.equal(result.output, '42\ngit\n100000\n');
    });
  });

  it('leaves nothing behind: no empty folders, no temporary files', async () => {
    await place.run('echo x > "$TMPDIR/own"; mkdir sub');
    assert.deepEqual(readdirSync(work()), ['sub']);
    assert.deepEqual(readdirSync(place.at('storage/temp')), []);
  });

  it('serves many commands at once, and cleans up after the last', async () => {
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => place.run(`echo ${index} > f${index}; sleep 0.0${index}; mkdir .vscode/x`)),
    );
    assert.deepEqual(
      results.map(({ exitCode, audit, output }) => [exitCode, audit, output.includes('Read-only file system')]),
      results.map(() => [1, { changed: [], created: [] }, true]),
    );
    assert.equal(readdirSync(work()).length, 12);
  });

  describe('keeps a command from writing', () => {
    it('outside its folders: beside them, in the home folder, in the system, in /tmp', async () => {
      const result = await place.run(
        `for f in ../beside '${place.at('home')}/x' /etc/flotilla-test /usr/flotilla-test /tmp/flotilla-test-${process.pid} /var/tmp/flotilla-test '${place.at('storage')}/journal' /tmp/claude/x; do
          { mkdir -p "$(dirname "$f")"; echo x > "$f"; } 2>/dev/null && [ -e "$f" ] && echo "wrote $f"; done; true`,
      );
      assert.equal(result.output.replace(/^wrote .*\/storage\/journal\n/m, ''), '');
      for (const file of [
        place.at('beside'),
        place.at('home/x'),
        place.at('storage/journal'),
        '/etc/flotilla-test',
        `/tmp/flotilla-test-${process.pid}`,
        '/tmp/claude/x',
      ]) {
        assert.equal(existsSync(file), false, file);
      }
    });

    it('any protected file that is there, changing, removing or replacing it', async () => {
      for (const file of protectedFiles) {
        write(work(file), 'kept');
      }
      const list = protectedFiles.map((file) => `'${file}'`).join(' ');
      const result = await place.run(
        `for f in ${list}; do
          { echo x > "$f"; } 2>/dev/null; echo x >> "$f"; rm -f "$f"; mv "$f" "$f.moved"; rm -rf "$(dirname "$f")" ; ln -sf /tmp "$f"; chmod 777 "$f"; truncate -s 0 "$f"
        done 2>/dev/null; cp -r /etc/hostname .git/hooks/post-checkout 2>/dev/null; mv .git .gone 2>/dev/null; mv deep deeper 2>/dev/null; true`,
      );
      assert.equal(result.exitCode, 0);
      for (const file of protectedFiles) {
        assert.equal(readFileSync(work(file), 'utf8'), 'kept', file);
      }
      assert.equal(existsSync(work('.git/hooks/post-checkout')), false);
      assert.deepEqual(result.audit.changed, []);
    });

    it('protected folders that are not there', async () => {
      const result = await place.run(
        'for d in .git .vscode .idea .devcontainer .husky .flotilla .claude .codex .cursor .gemini .roo; do mkdir -p $d/x; echo x > $d/y; rm -rf $d; mv $d other; done; git init . ; true',
      );
      assert.equal(result.exitCode, 0);
      assert.deepEqual(readdirSync(work()), []);
    });

    it('what a protected link leads to; that the link itself was replaced is told afterwards', async () => {
      write(work('config/settings.json'), 'kept');
      symlinkSync('config', work('.vscode'));
      await place.run(
        'echo x > .vscode/settings.json; echo x > config/settings.json; rm .vscode; mkdir .vscode; echo x > .vscode/new; true',
      );
      assert.equal(readFileSync(work('config/settings.json'), 'utf8'), 'kept');
      assert.equal(existsSync(work('config/new')), false);
    });

    it('through links of its own', async () => {
      write(work('.git/config'), 'kept');
      write(place.at('home/.bashrc'), 'kept');
      await place.run(
        `ln -s .git g; echo x > g/config; ln -s '${place.at('home')}/.bashrc' rc; echo x > rc; ln .git/config hard && echo x > hard; ln -s / root; echo x > root${place.at('home/.bashrc')}; true`,
      );
      assert.equal(readFileSync(work('.git/config'), 'utf8'), 'kept');
      assert.equal(readFileSync(place.at('home/.bashrc'), 'utf8'), 'kept');
    });

    it('what the request denies', async () => {
      write(work('lib/kept.txt'), 'kept');
      await place.run('echo x > lib/kept.txt; rm -rf lib', { denyWrite: [work('lib')] });
      assert.equal(readFileSync(work('lib/kept.txt'), 'utf8'), 'kept');
    });

    it('what globs of the request deny, whatever is done to the folders above it', async () => {
      write(work('db/migrations/1.sql'), 'kept');
      write(work('package.lock'), 'kept');
      const text =
        'echo x > db/migrations/1.sql; echo x > db/migrations/2.sql; rm -rf db; mv db away; echo x > PACKAGE.LOCK; echo x > package.lock; true';
      await place.run(text, { denyWrite: [`${work()}/**/migrations/**`, `${work()}/*.Lock`] });
      assert.equal(readFileSync(work('db/migrations/1.sql'), 'utf8'), 'kept');
      assert.equal(readFileSync(work('package.lock'), 'utf8'), 'kept');
      assert.equal(existsSync(work('db/migrations/2.sql')), false);
    });

    it('names with characters that mean something in patterns', async () => {
      write(work('a[1]*{b}?/.git/config'), 'kept');
      await place.run('echo x > "a[1]*{b}?/.git/config"; rm -rf "a[1]*{b}?"');
      assert.equal(readFileSync(work('a[1]*{b}?/.git/config'), 'utf8'), 'kept');
    });

    it('by undoing mounts, moving a root, or in a namespace of its own', async () => {
      write(work('.git/config'), 'kept');
      const result = await place.run(
        `umount -l .git; umount .git; mount -o remount,rw,bind '${work('.git')}'; mount -o remount,rw /; mount -t tmpfs none .git
        unshare -Ur true && echo userns; unshare -m true && echo mountns; unshare -Urm umount -l .git && echo undone
        chroot / true && echo x > /etc/flotilla-test; mknod sda b 8 0 && echo device; pivot_root . . && echo pivot
        echo x > .git/config; true`,
      );
      assert.doesNotMatch(result.output, /^(userns|undone|device|pivot)$/m);
      assert.equal(readFileSync(work('.git/config'), 'utf8'), 'kept');
      assert.equal(existsSync('/etc/flotilla-test'), false);
    });
  });

  describe('tells afterwards', () => {
    it('of protected paths that came about below new folders', async () => {
      const result = await place.run('mkdir -p sub/.git/hooks new; echo x > sub/.git/config; echo x > new/AGENTS.md; echo x > plain.ts');
      assert.deepEqual(result.audit, { changed: [], created: [work('new/AGENTS.md'), work('sub/.git')] });
    });

    it('of protected paths that someone changed or removed meanwhile', async () => {
      write(work('.git/hooks/pre-commit'), 'kept');
      write(work('.envrc'), 'kept');
      write(work('.npmrc'), 'kept');
      const request = { folder: work(), writable: [work()], denyWrite: [], denyRead: [], domains: [] };
      const wrapped = await place.sandbox.wrap({ ...request, command: 'true' }, new AbortController().signal);
      assert.ok(wrapped.ok);
      writeFileSync(work('.git/hooks/pre-commit'), 'other');
      rmSync(work('.envrc'));
      const audit = await wrapped.done();
      assert.deepEqual([...audit.changed].sort(), [work('.envrc'), work('.git')]);
      assert.equal(await wrapped.done(), audit);
    });
  });

  describe('keeps a command from reading', () => {
    it('SEC-02: secrets of the home folder', async () => {
      for (const name of [
        '.ssh/id_ed25519',
        '.aws/credentials',
        '.config/gh/hosts.yml',
        '.netrc',
        '.npmrc',
        '.docker/config.json',
        '.git-credentials',
        '.claude/x',
        '.gnupg/y',
        '.bash_history',
      ]) {
        write(place.at('home', name), 'canary-value');
      }
      write(place.at('home/readme'), 'fine');
      const result = await place.run(
        `grep -r . '${place.at('home')}' 2>/dev/null; cat '${place.at('home')}/.ssh/id_ed25519' '${place.at('home')}/.netrc'; tar c '${place.at('home')}' 2>/dev/null | tr -d '\\0'`,
      );
      assert.match(result.output, /fine/);
      assert.doesNotMatch(result.output, /canary-value/);
    });

    it('SEC-02: secrets of its folder, but samples', async () => {
      for (const name of ['.env', '.env.local', 'sub/.env.production', 'cert/server.key', 'server.pem']) {
        write(work(name), 'canary-value');
      }
      write(work('.env.example'), 'sample-value');
      const result = await place.run(
        'grep -r . . 2>/dev/null; cat .env sub/.env.production; cp .env copy; cat copy; ln .env hard; cat hard; ln -s .env link; cat link; cat .env.example',
      );
      assert.match(result.output, /sample-value/);
      assert.doesNotMatch(result.output, /canary-value/);
    });

    it('the folders of Flotilla, but not a workspace below them', async () => {
      write(place.at('storage/journal'), 'canary-value');
      write(place.at('storage/trees/one/code.ts'), 'code-value');
      write(place.at('storage/trees/one/.env'), 'canary-value');
      write(place.at('storage/trees/two/code.ts'), 'canary-value');
      const tree = place.at('storage/trees/one');
      const result = await place.run(`cat code.ts; echo x > made; cat .env; grep -r canary '${place.at('storage')}'; true`, {
        folder: tree,
        writable: [tree],
      });
      assert.match(result.output, /code-value/);
      assert.doesNotMatch(result.output, /canary-value/);
      assert.equal(readFileSync(join(tree, 'made'), 'utf8'), 'x\n');
    });

    it('what the request denies', async () => {
      write(work('private/data'), 'canary-value');
      const result = await place.run('cat private/data; ls private; true', { denyRead: [work('private')] });
      assert.doesNotMatch(result.output, /canary-value/);
    });

    it('SEC-01: the environment and memory of its host', async () => {
      process.env['FLOTILLA_TEST_API_KEY'] = 'canary-value';
      try {
        const result = await place.run(
          `env; tr '\\0' '\\n' < /proc/self/environ; cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; ps auxeww 2>/dev/null; cat /proc/${process.pid}/environ /proc/${process.pid}/maps; ls /proc | grep -c '^[0-9]'; true`,
        );
        assert.match(result.output, /^PATH=/m);
        assert.doesNotMatch(result.output, /canary-value|FLOTILLA_TEST/);
        assert.ok(!result.output.includes(`/mocha`), 'the host is seen');
      } finally {
        delete process.env['FLOTILLA_TEST_API_KEY'];
      }
    });

    it('what its host has open', async () => {
      const result = await place.run('ls -l /proc/self/fd | grep -v -e "^total" -e "/proc/" -e "pipe:" -e "/dev/null"; true');
      assert.equal(result.output, '');
    });
  });

  describe('keeps a command from reaching', () => {
    it('SEC-04: the network, names and this machine', async () => {
      let connections = 0;
      const server = createServer((socket) => {
        connections++;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const address = server.address();
        const port = typeof address === 'object' && address !== null ? address.port : 0;
        const result = await place.run(
          `(echo x > /dev/tcp/127.0.0.1/${port}) 2>/dev/null && echo reached; (echo x > /dev/udp/192.0.2.1/53) 2>/dev/null && echo sent
          timeout 5 bash -c 'echo x > /dev/tcp/192.0.2.1/80' 2>/dev/null && echo reached; getent hosts example.com && echo resolved
          node -e "require('net').connect(${port}, '::ffff:127.0.0.1').on('connect', () => console.log('reached')).on('error', () => {})"
          grep -v -e '|' -e '^ *lo:' /proc/net/dev; true`,
        );
        assert.equal(result.output, '');
        assert.equal(connections, 0);
      } finally {
        server.close();
      }
    });

    it('SEC-04: anybody who listens, by any of the ways out that are at hand', async () => {
      const listener = await listen();
      try {
        // All at once, since most of them wait until their time is over.
        const command = `${waysOut(listener.port)
          .map((way) => `(${way}) &`)
          .join('\n')}\nwait`;
        const outside = { command, folder: place.at('work'), timeoutMs: 40_000, env: place.environment() };
        // Outside, as a proof that they do reach somebody; those whose program is not here do not count.
        assert.ok((await place.processes.run(outside, () => undefined, new AbortController().signal)).ok);
        assert.ok(listener.heard() >= 6, `${listener.heard()} ways reach somebody outside`);
        const before = listener.heard();
        await place.run(command, { timeoutMs: 40_000 });
        assert.equal(listener.heard() - before, 0);
      } finally {
        listener.close();
      }
    });

    it('Unix sockets, by path and by abstract name', async () => {
      let connections = 0;
      const server = createServer(() => connections++);
      await new Promise<void>((resolve) => server.listen(work('socket'), resolve));
      try {
        const result = await place.run(
          `node -e "require('net').connect('./socket').on('connect', () => console.log('reached')).on('error', (error) => console.log(error.code))"; true`,
        );
        assert.doesNotMatch(result.output, /reached/);
        assert.equal(connections, 0);
      } finally {
        server.close();
      }
    });

    it('processes outside: it sees and signals its own only', async () => {
      const result = await place.run(
        `kill -0 ${process.pid} 2>/dev/null && ps -p ${process.pid} -o args= | grep mocha; kill -9 -1; echo alive`,
        {},
      );
      assert.doesNotMatch(result.output, /mocha/);
    });
  });

  it('refuses what it cannot confine, in words', async () => {
    const request = { command: 'true', folder: work(), writable: [work()], denyWrite: [], denyRead: [], domains: [] };
    const signal = new AbortController().signal;
    for (const [change, pattern] of [
      [{ writable: ['relative'] }, /"relative" is not an absolute path/],
      [{ writable: ['/'] }, /whole file system/],
      [{ command: 'a\0b' }, /NUL/],
      [{ command: `echo ${'x'.repeat(300_000)}` }, /too long/],
      [{ domains: ['not a host'] }, /allowedDomains|domain/i],
    ] as const) {
      const refused = await place.sandbox.wrap({ ...request, ...change }, signal);
      assert.equal(refused.ok, false);
      assert.match(refused.ok ? '' : refused.text, pattern);
    }
    assert.deepEqual(readdirSync(place.at('storage/temp')), []);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(place.sandbox.wrap(request, stopped), /stopped/);
  });

  it('refuses a workspace with more protected places than can be denied, and takes many in one folder as one', async () => {
    for (let index = 0; index < 400; index++) {
      write(work('one', `.env.${index}`), 'kept');
    }
    const many = await place.sandbox.wrap(
      { command: 'true', folder: work(), writable: [work()], denyWrite: [], denyRead: [], domains: [] },
      new AbortController().signal,
    );
    assert.equal(many.ok, false);
    rmSync(work('one'), { recursive: true });
    for (let index = 0; index < 200; index++) {
      write(work('one', `${index}.code-workspace`), 'kept');
    }
    await place.run('echo x > one/1.code-workspace; rm -rf one; true');
    assert.equal(readdirSync(work('one')).length, 200);
  });

  it('reaches the hosts it is given, and no other, and only with that command', async () => {
    const server = createHttpServer((_, response) => response.end('served'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const get = `curl -s --noproxy '' -m 10 http://localhost:${port}/`;
      const [allowed, other] = await Promise.all([
        place.run(`${get}; curl -s --noproxy '' -o /dev/null -w '%{http_code}' -m 10 http://other.example/`, { domains: ['localhost'] }),
        place.run(get, { domains: ['other.example'] }),
      ]);
      assert.equal(allowed.output, 'served403');
      assert.doesNotMatch(other.output, /served/);
      assert.doesNotMatch((await place.run(`${get}; true`)).output, /served/);
    } finally {
      server.close();
    }
  });
});

/** Counts what reaches this machine by TCP or UDP at one port. */
async function listen() {
  let heard = 0;
  const server = createServer((socket) => {
    heard++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const packets = createSocket('udp4', () => heard++);
  await new Promise<void>((resolve) => packets.bind(port, '127.0.0.1', () => resolve()));
  return {
    port,
    heard: () => heard,
    close: () => {
      server.close();
      packets.close();
    },
  };
}

/** Commands that would carry a word out, each by another program, kind of address or protocol. */
function waysOut(port: number): readonly string[] {
  const node = (script: string) => `timeout 8 node -e ${JSON.stringify(script)} >/dev/null 2>&1; true`;
  const tcp = (host: string) =>
    node(`require('net').connect(${port}, '${host}').on('error', () => {}).on('connect', () => process.exit())`);
  return [
    tcp('127.0.0.1'),
    tcp('localhost'),
    tcp('::ffff:127.0.0.1'),
    tcp('2130706433'),
    tcp('0x7f000001'),
    tcp('0'),
    node(`require('dgram').createSocket('udp4').send('secret', ${port}, '127.0.0.1', () => process.exit())`),
    node(
      `const r = new (require('dns').Resolver)({ timeout: 500, tries: 1 }); r.setServers(['127.0.0.1:${port}']); r.resolve4('secret.example.com', () => process.exit())`,
    ),
    node(`fetch('http://127.0.0.1:${port}/secret').catch(() => {})`),
    node(`require('net').connect(${port}, '127.0.0.1\\0.example.com').on('error', () => {})`),
    `timeout 8 npm view secret --registry=http://127.0.0.1:${port}/ --fetch-retries=0 >/dev/null 2>&1; true`,
    `timeout 8 git ls-remote http://127.0.0.1:${port}/secret >/dev/null 2>&1; true`,
    `timeout 8 curl -s http://127.0.0.1:${port}/secret >/dev/null 2>&1; true`,
    `timeout 8 wget -q -t 1 -O /dev/null http://127.0.0.1:${port}/secret >/dev/null 2>&1; true`,
    `timeout 8 bash -c 'echo secret > /dev/tcp/127.0.0.1/${port}' 2>/dev/null; true`,
    `timeout 8 bash -c 'echo secret > /dev/udp/127.0.0.1/${port}' 2>/dev/null; true`,
  ];
}
