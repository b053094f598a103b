// Small rules about text that several fields share: trimming, ASCII case, cutting on a UTF-8 boundary.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace calcom {

std::string_view trimmed(std::string_view text);  // without blanks, tabs and line ends around it
// The part before the separator, or all; `text` keeps what follows the separator.
std::string_view take_until(std::string_view& text, char separator);
std::string lower_ascii(std::string_view text);  // other letters are left alone: case folding needs a locale

// At most `max` bytes from the front of valid UTF-8, ending between two characters.
std::string_view cut_utf8(std::string_view text, std::size_t max);

// An e-mail address as a key: trimmed, ASCII lower case. Empty when it could not be one in any mail header:
// blanks or control characters inside, or longer than RFC 5321 allows.
std::string normal_email(std::string_view text);

// Whether mail can be sent there: something on both sides of one @, and nothing that a list of addresses is
// taken apart by. Not so Cal.com's stand-in for people who gave a telephone number only (…@sms.cal.com).
bool is_mailable(std::string_view address);

// Whether it is valid in Reply-To: a mailable address in plain ASCII with a domain of several labels. Resend
// refuses the whole mail for any other, which an answer is not worth.
bool is_answerable(std::string_view address);

// The address of a From line: "a@b.c" or "Name <a@b.c>".
std::string sender_address(std::string_view from);
std::string sender_domain(std::string_view from);  // of that address, lower case; empty where there is none

bool is_http_url(std::string_view text);  // http(s)://, something after it, no blank or control character

}  // namespace calcom
