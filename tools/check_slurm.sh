#!/bin/bash
# Runs Saccade on Slurm and with GNU parallel, as root on Debian: an array job over shards of which one node is lost and
# requeued, then `train` under srun. Installs Debian's packages and runs a cluster of its own with two nodes on this
# machine, in a temporary folder that is removed.
#   tools/check_slurm.sh [FILES]      number of generated images (default: 200)
# Leaves an existing Slurm alone: it does not start where slurm.conf exists or a Slurm runs.
set -euo pipefail
cd "$(dirname "$0")/.."
files=${1:-200}
shards=4

fail() {
  echo "tools/check_slurm.sh: $*" >&2
  exit 1
}

[[ $(id -u) == 0 ]] || fail "must run as root, for Slurm to start jobs"
for file in /etc/slurm/slurm.conf /etc/slurm-llnl/slurm.conf ${SLURM_CONF-}; do
  [[ ! -e $file ]] || fail "this machine has a Slurm, $file; the check would disturb it"
done
for daemon in slurmctld slurmd slurmdbd; do
  ! pgrep -x $daemon >/dev/null || fail "$daemon is running on this machine; the check would disturb it"
done
program=$PWD/build/release/bin/saccade
[[ -x $program ]] || fail "build first: tools/build.sh release saccade_program"
if ! command -v slurmctld slurmd sbatch munged parallel >/dev/null; then
  # Without this, Debian starts the services as they are installed.
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  [[ -e /usr/sbin/policy-rc.d ]] && fail "/usr/sbin/policy-rc.d exists; install slurm-wlm, munge and parallel yourself"
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends slurm-wlm munge parallel >/dev/null ||
    fail "cannot install slurm-wlm, munge and parallel"
  rm -f /usr/sbin/policy-rc.d
  trap - EXIT
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/saccade-slurm-XXXXXX")
chmod 755 "$work"
daemons=()
finish() {
  ((${#daemons[@]} == 0)) || kill -9 "${daemons[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  [[ -n ${KEEP-} ]] || rm -rf "$work"
}
trap finish EXIT

# munged, which signs the messages of the cluster, with a key, a socket and files of its own.
mkdir -p "$work/munge" "$work/state" "$work/spool"
head -c 128 /dev/urandom >"$work/munge/key"
chmod 700 "$work/munge"
chmod 400 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge.socket" \
  --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed" 2>/dev/null &
daemons+=($!)

# Processes find each other by the names of nodes, so they must be names of this machine.
host=$(hostname -s)
one=$host two=localhost
port=$((20000 + RANDOM % 10000))
export SLURM_CONF=$work/slurm.conf
cat >"$SLURM_CONF" <<EOF
ClusterName=saccade
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
SlurmdTimeout=10
ReturnToService=2
MpiDefault=none
NodeName=$one NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1))
NodeName=$two NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2))
PartitionName=all Nodes=$one,$two Default=YES State=UP
EOF

# A node is a PID namespace: if its first process is killed, all others die with it, as when power is lost.
declare -A nodes
start_node() {
  mkdir -p "$work/spool/$1"
  unshare --pid --fork --kill-child --mount-proc slurmd -D -N "$1" >/dev/null 2>&1 &
  nodes[$1]=$!
  daemons+=($!)
  disown $!  # bash would report that it was killed
}
for _ in {1..50}; do
  [[ -S $work/munge.socket ]] && break
  sleep 0.2
done
slurmctld -D >/dev/null 2>&1 &
daemons+=($!)
start_node "$one"
start_node "$two"
state_of() { sinfo --noheader --Node --nodes "$1" --format %T 2>/dev/null; }
wait_for() { # SECONDS COMMAND…
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || {
      tail -n 5 "$work"/slurm*.log >&2
      squeue >&2 || true
      fail "waited too long for: $*"
    }
    sleep 0.5
  done
}
is_idle() { [[ $(state_of "$one") == idle && $(state_of "$two") == idle ]]; }
wait_for 60 is_idle
echo "a cluster of two nodes runs: $(slurmctld -V)"

PYTHONDONTWRITEBYTECODE=1 python3 - "$work/photos" "$files" <<'EOF'
import pathlib, sys
sys.path.insert(0, "tests/crash")
from crash_test import make_files
make_files(pathlib.Path(sys.argv[1]), pathlib.Path("assets"), int(sys.argv[2]), int(sys.argv[2]) // 8, 1)
EOF
options=(--beam 1 --threads 1 --batch-size 2 --allow-errors --quiet)
"$program" batch "$work/photos" --output "$work/one.jsonl" "${options[@]}"

# The array job of docs/captioning.md.
cat >"$work/job.sh" <<EOF
#!/bin/bash
#SBATCH --array=0-$((shards - 1))
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=$work/log-%a
"$program" batch "$work/photos" --output "$work/part\$SLURM_ARRAY_TASK_ID.jsonl" \\
  --shard "\$SLURM_ARRAY_TASK_ID/$shards" ${options[*]}
EOF
job=$(sbatch --parsable "$work/job.sh")
# The shard that the second node works on, once it has written some lines.
lost=
in_the_middle() {
  lost=$(squeue --noheader --jobs "$job" --nodelist "$two" --states running --format %K 2>/dev/null | head -n 1)
  [[ -n $lost && -s $work/part$lost.jsonl ]]
}
wait_for 120 in_the_middle
kill -9 "${nodes[$two]}"
rows=$(wc -l <"$work/part$lost.jsonl")
echo "node $two is lost in the middle of shard $lost, after $rows lines"
is_down() { [[ $(state_of "$two") == down* ]]; }
wait_for 120 is_down
start_node "$two"
is_over() { [[ -z $(squeue --noheader --jobs "$job" 2>/dev/null) ]]; }
wait_for 600 is_over
restarts=$(grep -c "requeue.*JobId=$job" "$work/slurmctld.log" || true)
((restarts > 0)) || fail "Slurm did not requeue the lost job"
"$program" merge "$work"/part*.jsonl --output "$work/merged.jsonl"
cmp "$work/one.jsonl" "$work/merged.jsonl" || fail "the merged output differs from that of one run"
echo "equal: $files files of one run, and of $shards shards after the lost one was requeued"

# The same with GNU parallel, two at a time.
mkdir "$work/parallel"
parallel --jobs 2 "$program" batch "$work/photos" --output "$work/parallel/part{}.jsonl" --shard "{}/$shards" \
  "${options[@]}" ::: $(seq 0 $((shards - 1))) </dev/null
"$program" merge "$work"/parallel/part*.jsonl --output "$work/parallel.jsonl"
cmp "$work/one.jsonl" "$work/parallel.jsonl" || fail "the output with GNU parallel differs from that of one run"
echo "equal: $files files of one run, and of $shards shards with GNU parallel"

# Training in two processes on two nodes.
mkdir "$work/data"
for name in cat lake coffee rocket; do
  echo "{\"image\": \"$PWD/assets/$name.jpg\", \"captions\": [\"a $name\", \"the $name here\"], \"split\": \"train\"}"
done >"$work/data/captions.jsonl"
echo "{\"image\": \"$PWD/assets/raccoon.jpg\", \"captions\": [\"a cat\"], \"split\": \"dev\"}" >>"$work/data/captions.jsonl"
wait_for 60 is_idle
srun --nodes 2 --ntasks 2 --chdir "$work" "$program" train --data "$work/data" --encoder "$PWD/models/default" \
  --output "$work/run" --threads 1 --set epochs=1 --set batch_images=2 --set min_count=1 >"$work/train.log" 2>&1 || {
  cat "$work/train.log" >&2
  fail "train failed under srun"
}
"$program" caption --model "$work/run/best" assets/cat.jpg >/dev/null
grep -q 'training in 2 processes' "$work/train.log" || {
  cat "$work/train.log" >&2
  fail "train did not run as one group of two processes"
}
echo "train ran in two processes under srun"
