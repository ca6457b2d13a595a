/** Eighty commands of an agent's day in a TypeScript project, as they come: reading, searching, building, Git. */
export const ordinaryCommands: readonly string[] = `
ls
ls -la
ls -la src
ls src test
ls -R src
ls -1 src | wc -l
pwd
cat package.json
cat src/index.ts
cat -n src/index.ts
cat src/index.ts src/lib/util.ts
cat package.json | head -20
head -50 src/index.ts
head -n 20 README.md
tail -n 20 README.md
tail -5 src/index.ts
sed -n '1,40p' src/index.ts
sed -n '10,20p' src/lib/util.ts
wc -l src/index.ts
wc -l src/index.ts src/lib/util.ts | sort -n
grep -n "export" src/index.ts
grep -rn "import" src
grep -rn "TODO" src test | head -20
grep -rl "util" src
grep -rn --include="*.ts" "function" src
grep -c "describe" test/index.test.ts
grep -rn "foo\\|bar" src
grep -rnE "(class|interface) \\w+" src
grep -v "^#" README.md
find . -name "*.test.ts" -not -path "./node_modules/*"
find src -type f
find . -maxdepth 2 -type d
find src -name "*.ts" | wc -l
find . -name package.json -not -path "*/node_modules/*"
cd src && ls
cd src && grep -n "export" index.ts
ls src/lib 2>/dev/null
ls missing 2>/dev/null || echo none
cat tsconfig.json && cat package.json
diff src/index.ts src/lib/util.ts
diff -u src/index.ts src/lib/util.ts | head -40
sort README.md | uniq -c | sort -rn | head
cut -d: -f1 README.md
file README.md
stat package.json
du -sh src
tree -L 2 src
rg -n "export" src
rg --files src
which node
node --version
npm --version
node --version && npm --version
echo done
echo "=== files ===" && ls
date
git --version
jq .scripts package.json
basename src/index.ts .ts
realpath src
npm test
npm run build
npm install
npx tsc --noEmit
npx eslint src
node scripts/build.js
git status
git diff
git log --oneline -10
git add -A
git commit -m "Fix the parser"
git checkout -b feature
mkdir -p src/new
touch src/new/a.ts
rm src/lib/old.ts
cp src/index.ts src/copy.ts
mv src/copy.ts src/moved.ts
echo "export {};" > src/new/a.ts
sed -i "s/foo/bar/" src/index.ts
for f in src/*.ts; do wc -l "$f"; done
`
  .split('\n')
  .filter((line) => line !== '');
