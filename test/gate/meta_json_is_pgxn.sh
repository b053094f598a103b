#!/usr/bin/env bash
# PGXN refuses an upload whose META.json breaks its specification 1.0.0; these are its rules as far as we use them.
source "$(dirname "$0")/lib.sh"

rules='
def semver: type == "string" and test("^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$");
def text: type == "string" and length > 0;
def rule(ok; $words): if ok then empty else "META.json: " + $words end;
rule(.name | type == "string" and test("^[^\\s/\\\\\u0000-\u001f]{2,}$"); "name must have two or more characters, no space, no slash"),
rule(.version | semver; "version must be x.y.z"),
rule(.abstract | text; "abstract is required"),
rule(.maintainer | text or (type == "array" and length > 0 and all(.[]; text)); "maintainer is required"),
rule(.license | text or type == "array" or (type == "object" and all(.[]; test("^https?://"))); "license is required"),
rule(.provides | type == "object" and length > 0; "provides is required"),
rule(all(.provides[]; (.version | semver) and (.file | text)); "provides: each needs file and version x.y.z"),
rule(."meta-spec".version == "1.0.0"; "meta-spec.version must be 1.0.0"),
rule(."meta-spec".url // "https://pgxn.org/meta/spec.txt" | test("^https?://"); "meta-spec.url must be an address"),
rule((.release_status // "stable") | IN("stable", "testing", "unstable"); "release_status must be stable, testing or unstable"),
rule(all((.tags // [])[]; type == "string" and length > 0 and length < 256 and (test("[/\\\\\u0000-\u001f]") | not)); "tags must be short words"),
rule(all((.prereqs // {}) | keys[]; IN("configure", "build", "test", "runtime", "develop") or startswith("x_")); "prereqs has an unknown phase"),
rule(all(keys[]; IN("name", "version", "abstract", "maintainer", "license", "provides", "meta-spec", "description", "generated_by",
  "tags", "no_index", "prereqs", "release_status", "resources") or test("^[xX]_")); "an unknown key that does not start with x_")
'

scan() {
  local file
  jq -r "$rules" "$1/META.json" 2>&1 || printf 'META.json: is not JSON\n'
  while IFS= read -r file; do
    [[ -e $1/$file || $file == calcom--* ]] || printf 'META.json: names %s, which does not exist\n' "$file"
  done < <(jq -r '.provides[]? | .file, (.docfile // empty)' "$1/META.json" 2>/dev/null)
}

# Each rule by itself: the document that keeps them all, with one thing spoiled at a time.
each_rule_is_seen() {
  local spoil tree
  tree=$(mktemp -d)
  for spoil in 'del(.name)' '.name = "a b"' '.version = "1.0"' 'del(.abstract)' 'del(.maintainer)' 'del(.license)' 'del(.provides)' \
    '.provides.calcom.version = "1"' 'del(.provides.calcom.file)' '."meta-spec".version = "2"' '.release_status = "done"' \
    '.tags = ["a/b"]' '.prereqs.always = {}' '.colour = "red"' '.provides.calcom.docfile = "docs/none.md"'; do
    jq "$spoil" "$root/META.json" >"$tree/META.json"
    mkdir -p "$tree/docs" && touch "$tree/README.md"
    [[ -n $(scan "$tree") ]] || die "this gate is blind: $spoil passed"
  done
  rm -rf "$tree"
}

plant() { bad META.json <<<'{"name": "calcom"}'; }
each_rule_is_seen
gate
