#!/usr/bin/env bash
# Texts use the words of the PostgreSQL manual: many readers are not native speakers. The rules: CONTRIBUTING.md, "Language".
source "$(dirname "$0")/lib.sh"

# Files and folders that are checked.
places=(README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md META.json docs sql src test tools web/src)
# Files that must contain such words: PATH REASON.
allowed=(
  'test/gate/plain_english.sh this list'
)

# The words, as an extended regular expression, and what to write instead.
rules=(
  'mend(s|ed|ing)?|fix or repair'
  'anew|again'
  'for ever|forever'
  'foretell(s|ing)?|foretold|predict, or name the function that lists it'
  'told|tells? (of|apart)|report, notify, name or distinguish'
  '(speaks?|spoke|spoken) of|name or describe'
  '(hears?|heard) of|receive or know'
  "nobody's|not counted, or no row"
  '(stands?|stood|standing) (in|there|for it)|is stored in, is in or exists'
  '(?<!there )(is|are) none(?! of)|does not exist or is invalid'
  'to and fro|back and forth'
  'whoever|the role, the caller or the process'
  'in the midst|during'
)
all="\\b(?:$(printf '%s\n' "${rules[@]%|*}" | paste -s -d '|'))\\b"

# lines PLACE: FILE:LINE:TEXT of each line that holds one of the words.
lines() { grep -rniIPH --exclude-dir=node_modules --exclude-dir=dist -- "$all" "$1" || true; }

scan() {
  local place rule found file number text
  cd "$1" || return
  for place in "${places[@]}"; do
    [[ -e $place ]] || continue
    while IFS=: read -r file number text; do
      [[ -n $file && " ${allowed[*]%% *} " != *" $file "* ]] || continue
      for rule in "${rules[@]}"; do
        found=$(grep -oiP -- "\\b(?:${rule%|*})\\b" <<<"$text" | head -n 1) || true
        [[ -z $found ]] || printf '%s:%s: "%s": write %s\n' "$file" "$number" "$found" "${rule##*|}"
      done
    done < <(lines "$place")
  done
}

plant() {
  bad README.md <<<'The command that mends it.'
  bad docs/mail.md <<<'A mail is composed Anew and kept for ever.'
  bad docs/recipes/nginx.md <<<'Whoever asks is refused.'
  good docs/log.md <<<'Repair it with json_mend() if there is none: a recommended amendment lasts forever.'
}
gate
