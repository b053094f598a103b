#!/usr/bin/env bash
# PostgreSQL reports errors by longjmp, which skips destructors; so the functions that raise, catch or keep state are
# called in one place each: SPI in spi.cpp, ereport and PG_TRY in guard.cpp, and a PgError is consumed only there.
source "$(dirname "$0")/lib.sh"

# Inside the lambda of a call() raising is allowed: that is what call() is for. transaction.cpp is the worker's own frame
# around a top-level transaction, what subxact() is below one: its helpers run inside call(), and it consumes an error
# only after the transaction is rolled back.
frames=(src/pg/guard.cpp src/store/transaction.cpp)

# The file without what stands between the parentheses of a call(...); lines keep their numbers.
code_of() {
  sed 's://.*$::' "$1" | perl -0777 -pe 's{\bcall(\((?:[^()]++|(?1))*+\))}{ my $gap = $&; $gap =~ tr/\n//cd; $gap }ge'
}

scan() {
  local files
  mapfile -t files < <(sources "$1" src)
  refuse_code '\bSPI_(connect|finish|exec|prepare|keepplan|freeplan|cursor|scroll|commit|rollback)' 'SPI outside src/pg/spi.cpp: use Spi' \
    $(printf '%s\n' "${files[@]}" | without src/pg/spi.cpp src/pg/spi.hpp)
  refuse_code '\b(ereport|elog)[[:space:]]*\(' 'reports outside call(): throw SqlError' \
    $(printf '%s\n' "${files[@]}" | without "${frames[@]}")
  refuse_code '\bPG_(TRY|CATCH|FINALLY|RE_THROW)\b' 'PG_TRY outside src/pg/guard.cpp: use call()' \
    $(printf '%s\n' "${files[@]}" | without src/pg/guard.cpp)
  refuse_code 'catch[[:space:]]*\((const )?([a-z]+::)*PgError|catch[[:space:]]*\(\.\.\.\)' \
    'swallows errors of the server: use subxact()' \
    $(sources_of "$1" server | without "${frames[@]}")
}

plant() {
  local floor
  for floor in $(floors server); do
    bad "src/$floor/spi_call.cpp" <<<'int x = SPI_execute("select 1", true, 0);'
    bad "src/$floor/report.cpp" <<<'void f() { ereport(ERROR, (errmsg("no"))); }'
    bad "src/$floor/try.cpp" <<<'void f() { PG_TRY(); }'
    bad "src/$floor/catch.cpp" <<<'void f() { try { g(); } catch (const pg::PgError& e) {} }'
    bad "src/$floor/log.cpp" <<<'void f() { elog (LOG, "x"); }'
    bad "src/$floor/catch_all.cpp" <<<'void f() { try { g(); } catch (...) {} }'
    bad "src/$floor/outside.cpp" <<<'void f() { call([=] { g(); }); elog(ERROR, "outside"); }'
    good "src/$floor/inside.cpp" <<<'int f() { return call([=] { if (g()) elog(ERROR, "no (really)"); return 1; }); }'
    good "src/$floor/comment.cpp" <<<'// ereport(ERROR) and SPI_execute are not for this file'
  done
  good src/pg/guard.cpp <<<'void f() { PG_TRY(); ereport(ERROR, (errmsg("no"))); } catch (const PgError& e) {}'
}
gate
