#!/usr/bin/env bash
# A reason is prose for people and an obligation key is opaque: code compares email_outbox.cause, rule and is_host_copy.
# Matching, cutting or comparing the prose breaks with the next change of a word.
source "$(dirname "$0")/lib.sh"

scan() {
  local files
  mapfile -t files < <(cd "$1" && find src \( -name '*.cpp' -o -name '*.hpp' -o -name '*.sql' \) 2>/dev/null | sort)
  refuse_code '\b(reason|obligation_key)\b\)*[[:space:]]*(not[[:space:]]+)?(\bi?like\b|\bsimilar to\b|!?~)' \
    'matches a reason or an obligation key against a pattern; compare cause, rule or is_host_copy' "${files[@]}"
  refuse_code '\b(split_part|substring|substr|strpos|starts_with|regexp_[a-z_]+|string_to_array)[[:space:]]*\([^)]*\b(reason|obligation_key)\b' \
    'takes a reason or an obligation key apart; read cause, rule or is_host_copy' "${files[@]}"
  refuse_code "\\b(where|and|or|when)[[:space:]]+([a-z_]+\\.)?(reason|obligation_key)[[:space:]]*(=|<>|!=|in)[[:space:]]*\\(?'" \
    'compares a reason or an obligation key with a literal; compare cause' "${files[@]}"
}

plant() {
  bad src/sql/a.sql <<<"select from email_outbox o where o.reason like '429%';"
  bad src/sql/b.sql <<<"select split_part(split_part(o.obligation_key, '/', 3), '@', 1) from email_outbox o;"
  bad src/sql/c.sql <<<"create index i on email_outbox (settled_at) where state = 'skipped' and reason = 'too old';"
  bad src/sql/d.sql <<<"select from email_waits where reason !~ '^403';"
  bad src/outbox/e.cpp <<<'constexpr char kSql[] = "and o.reason not like '"'baseline:%'"'";'
  bad src/sql/f.sql <<<"select regexp_replace(o.reason, ':.*', '') from email_outbox o;"
  good src/sql/g.sql <<<"update email_outbox set cause = 'rule_ended', reason = 'the reminder rule was ended';"
  good src/sql/h.sql <<<"select from email_outbox o where o.cause = 'too_old' and o.obligation_key = any(\$1);"
  good src/sql/i.sql <<<"select concat_ws(': ', o.reason, o.provider_message) from email_outbox o where o.rule like '%h';"
}
gate
