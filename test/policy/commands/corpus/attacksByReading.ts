/* Attacks that change nothing on the disk; attacks.ts says how they are written. */

/** Each prints the text that stands in every secret. */
export const readsSecret = `
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
export const usesNetwork = `
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
export const usesUp = `
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
