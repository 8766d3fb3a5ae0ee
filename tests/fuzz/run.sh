#!/usr/bin/env bash
# run.sh SECONDS [TARGET…]: builds the fuzz targets with clang into build/fuzz and runs each so long, two at a time.
# Fails on the first input that crashes, breaks a claim, hangs or eats memory, and keeps it: build/fuzz/found/TARGET-….
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

seconds=${1:-}
[[ $seconds =~ ^[0-9]+$ ]] || { echo "usage: tests/fuzz/run.sh SECONDS [TARGET…]" >&2; exit 2; }
shift
targets=("$@")
[ $# -gt 0 ] || targets=(json yaml http_route sse_resume a2a)
out=build/fuzz

cmake -S . -B $out -G Ninja -DMOFA_FUZZ=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER=clang++ \
  "-DCMAKE_CXX_COMPILER_LAUNCHER=env;CCACHE_BASEDIR=$PWD;CCACHE_NOHASHDIR=true;ccache" >$out.log 2>&1 || { cat $out.log; exit 1; }
cmake --build $out -j "${JOBS:-$(nproc)}" --target "${targets[@]/#/mofa_fuzz_}" || exit

# Longest input in bytes: beyond it nothing new happens, only slower.
declare -A longest=([json]=4096 [yaml]=2048 [http_route]=1024 [sse_resume]=256 [a2a]=2048)

# fuzz TARGET: one line when all went well, the end of the log otherwise.
fuzz() {
  local name=$1 grown=$out/corpus/$1 log=$out/$1.log
  mkdir -p "$grown" $out/found
  # New inputs go to the first folder; the seeds are only read.
  if $out/mofa_fuzz_"$name" "$grown" tests/fuzz/corpus/"$name" -max_total_time="$seconds" -max_len="${longest[$name]}" \
    -timeout=10 -rss_limit_mb=1024 -artifact_prefix=$out/found/"$name"- -print_final_stats=1 >"$log" 2>&1; then
    awk -v name="$name" '/number_of_executed_units/ {runs = $2} /peak_rss_mb/ {rss = $2}
      /cov: / {for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1)}
      END {printf "%-10s ok: %d runs, %d places reached, peak %d MB\n", name, runs, cov, rss}' "$log"
  else
    printf '%-10s FAILED; the input is in %s/found, the log is %s\n' "$name" "$out" "$log"
    tail -n 40 "$log"
    return 1
  fi
}

status=0
for ((i = 0; i < ${#targets[@]}; i += 2)); do
  pids=()
  for name in "${targets[@]:i:2}"; do
    fuzz "$name" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
done
exit $status
