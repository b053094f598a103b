// Small rules about text that several fields share: trimming, ASCII case, cutting on a UTF-8 boundary.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace calcom {

std::string_view trimmed(std::string_view text);  // without blanks, tabs and line ends around it
std::string lower_ascii(std::string_view text);   // other letters are left alone: case folding needs a locale

// At most `max` bytes from the front of valid UTF-8, ending between two characters.
std::string_view cut_utf8(std::string_view text, std::size_t max);

// An e-mail address as a key: trimmed, ASCII lower case. Empty when it could not be one in any mail header:
// blanks or control characters inside, or longer than RFC 5321 allows.
std::string normal_email(std::string_view text);

// The address of a From line: "a@b.c" or "Name <a@b.c>".
std::string sender_address(std::string_view from);
std::string sender_domain(std::string_view from);  // of that address, lower case; empty where there is none

bool is_http_url(std::string_view text);  // http(s)://, something after it, no blank or control character

}  // namespace calcom
