#!/usr/bin/env bash
# src/core has no clock, no dice, no files and no environment: they are parameters, so that every result can be repeated
# in a test and a retry renders the same bytes.
source "$(dirname "$0")/lib.sh"

scan() {
  local files
  mapfile -t files < <(sources "$1" src/core)
  refuse_code '\b(system_clock|steady_clock|clock_gettime|gettimeofday|localtime|gmtime|mktime|tzset|std::time)\b|[^_a-zA-Z.>:]time[[:space:]]*\((nullptr|NULL|0)' \
    'reads a clock or the process time zone' "${files[@]}"
  refuse_code '\b(random_device|mt19937|s?rand|RAND_bytes|getrandom)\b' 'throws dice' "${files[@]}"
  refuse_code '\b(getenv|fopen|f?printf|f?puts|system|popen|socket)[[:space:]]*\(|\b(i|o)?fstream\b|std::(cout|cerr|clog)\b' \
    'does input or output' "${files[@]}"
}

plant() {
  bad src/core/a.cpp <<<'auto t = std::chrono::system_clock::now();'
  bad src/core/b.cpp <<<'auto t = time(nullptr);'
  bad src/core/c.cpp <<<'std::random_device dice;'
  bad src/core/d.cpp <<<'auto* home = getenv("HOME");'
  bad src/core/f.cpp <<<'std::cerr << "x";'
  good src/core/g.cpp <<<'auto font = "apple-system,Segoe";'
  good src/core/e.cpp <<<'Micros send_time(Micros now) { return now + 1; } // no system_clock here'
}
gate
