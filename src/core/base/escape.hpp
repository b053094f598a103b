// What a stranger typed, made fit for where it is put: one line, several lines, HTML or a URL. Names, titles
// and reasons come from people who never logged in, so nothing of theirs reaches a mail but through here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace calcom {

// Valid UTF-8 on one line: control and bidirectional control characters gone, every run of blanks and line
// breaks one space, ends trimmed, invalid bytes U+FFFD. At most `max_characters`, else cut and ended with
// "…".
std::string one_line(std::string_view text, std::size_t max_characters);

// The same, but line breaks stay (as '\n', never more than two in a row).
std::string several_lines(std::string_view text, std::size_t max_characters);

// For HTML text and for attribute values in double or single quotes.
std::string html_escape(std::string_view text);

// As URLSearchParams writes a value: space is '+', all but A–Z a–z 0–9 * - . _ is percent-encoded.
std::string form_encode(std::string_view value);

// For one segment of a path: all but A–Z a–z 0–9 - . _ ~ is percent-encoded.
std::string path_encode(std::string_view segment);

// Text with each %XX replaced by its byte; nullopt if one is malformed.
std::optional<std::string> percent_decoded(std::string_view text);

// `url` when it is http or https with a host, without credentials, blanks, quotes, brackets or control
// characters (non-ASCII outside the host comes back percent-encoded); otherwise empty.
std::string safe_url(std::string_view url);

// The host of what safe_url returned, in lower case and without the port.
std::string url_host(std::string_view url);

// ASCII lower case; locale-free.
std::string ascii_lower(std::string_view text);

}  // namespace calcom
