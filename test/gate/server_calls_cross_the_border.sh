#!/usr/bin/env bash
# PostgreSQL reports errors by longjmp, which skips destructors; so the functions that raise, catch or keep state are
# called in one place each: SPI in spi.cpp, ereport and PG_TRY in guard.cpp, and a PgError is consumed only there.
source "$(dirname "$0")/lib.sh"

# ereport below ERROR does not jump, so logging and notices are one wrapper each; each file here says why it has one.
may_report=(src/pg/guard.cpp src/pg/log.cpp src/worker/log.cpp)

scan() {
  local files
  mapfile -t files < <(sources "$1" src)
  refuse_code '\bSPI_[a-z]' 'SPI outside src/pg/spi.cpp: use Spi' \
    $(printf '%s\n' "${files[@]}" | without src/pg/spi.cpp src/pg/spi.hpp)
  refuse_code '\b(ereport|elog)[[:space:]]*\(' 'reports by itself: throw SqlError, or use the logging wrapper' \
    $(printf '%s\n' "${files[@]}" | without "${may_report[@]}")
  refuse_code '\bPG_(TRY|CATCH|FINALLY|RE_THROW)\b' 'PG_TRY outside src/pg/guard.cpp: use call()' \
    $(printf '%s\n' "${files[@]}" | without src/pg/guard.cpp)
  refuse_code 'catch[[:space:]]*\((const )?([a-z]+::)*PgError|catch[[:space:]]*\(\.\.\.\)' \
    'swallows errors of the server: only guard.cpp may, use subxact()' \
    $(printf '%s\n' "${files[@]}" | grep -E '^src/(pg|worker)/' | without src/pg/guard.cpp)
}

plant() {
  bad src/pg/a.cpp <<<'int x = SPI_execute("select 1", true, 0);'
  bad src/worker/b.cpp <<<'void f() { ereport(ERROR, (errmsg("no"))); }'
  bad src/pg/c.cpp <<<'void f() { PG_TRY(); }'
  bad src/worker/d.cpp <<<'void f() { try { g(); } catch (const pg::PgError& e) {} }'
  bad src/pg/e.cpp <<<'void f() { elog (LOG, "x"); }'
  bad src/pg/f.cpp <<<'void f() { try { g(); } catch (...) {} }'
  good src/pg/guard.cpp <<<'void f() { PG_TRY(); ereport(ERROR, (errmsg("no"))); } catch (const PgError& e) {}'
  good src/pg/g.cpp <<<'// ereport(ERROR) and SPI_execute are not for this file'
}
gate
