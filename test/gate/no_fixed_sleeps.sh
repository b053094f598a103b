#!/usr/bin/env bash
# A test that waits a fixed time is slow on a fast machine and fails on a slow one: wait on a condition. The pause of a
# loop that polls one is fine when its line says so (with the word poll). A scripted server, like test/tools/fake_*.mjs,
# plays delays: they are its script, not somebody's patience.
source "$(dirname "$0")/lib.sh"

scan() {
  local folder
  for folder in test sql tools .ci; do
    [[ ! -d $1/$folder ]] || (cd "$1" && grep -rnIE '\b(sleep[ (]+[0-9.]|pg_sleep\(|setTimeout\(|usleep\(|sleep_for\()|\bselect\(? *undef, *undef, *undef' \
      --exclude-dir=fixtures --exclude=no_fixed_sleeps.sh --exclude='fake_*.mjs' "$folder" | grep -viE '\bpoll' | sed 's/$/  <- fixed wait/' || true)
  done
}

plant() {
  bad test/tap/a.pl <<<'sleep 2;'
  bad sql/b.sql <<<'select pg_sleep(1);'
  bad test/unit/c.cpp <<<'std::this_thread::sleep_for(10ms);'
  good test/tools/fake_mail.mjs <<<'setTimeout(answer, step.ms)'
  good test/tap/d.pl <<<'select undef, undef, undef, 0.05;  # polls the outbox'
}
gate
