// Everything that is set on an easy handle, and the two callbacks, which only append to capped strings: they
// run below libcurl's C frames, where no exception may pass.
#include "net/transfer.hpp"

#include <algorithm>
#include <new>
#include <string_view>

#include "core/base/escape.hpp"
#include "net/url.hpp"

namespace calcom::net {

namespace {

// True for text that cannot end its header line and begin another one.
bool fits_a_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return text;
}

}  // namespace

Transfer::Transfer()
    : handle_(curl_easy_init(), &curl_easy_cleanup), headers_(nullptr, &curl_slist_free_all) {
  if (!handle_) throw std::bad_alloc();
}

bool Transfer::prepare(Request request, const Limits& limits, const std::string& user_agent) {
  clear();
  const Destination where = destination(request.url);
  if (where == Destination::kRefused) return false;
  request_ = std::move(request);
  cap_ = limits.max_response_bytes;
  if (!set_headers()) {
    clear();
    return false;
  }
  set_options(limits, user_agent);
  set_destination(where == Destination::kLoopbackHttp);
  return true;
}

bool Transfer::set_headers() {
  const auto append = [&](const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)headers_.release();
    headers_.reset(longer);
  };
  for (const auto& [name, value] : request_.headers) {
    if (name.empty() || !fits_a_line(name) || !fits_a_line(value)) return false;
    std::string header = name;
    header += value.empty() ? ";" : ": " + value;  // "Name:" would take the header out
    append(header);
  }
  append("Expect:");  // else libcurl waits a second for a 100 that may never come
  return true;
}

void Transfer::set_destination(bool loopback) {
  CURL* const handle = handle_.get();
  curl_easy_setopt(handle, CURLOPT_URL, request_.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, loopback ? "http" : "https");
#else
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS, loopback ? CURLPROTO_HTTP : CURLPROTO_HTTPS);
#endif
  if (loopback) curl_easy_setopt(handle, CURLOPT_PROXY, "");  // a proxy of the environment would take it away
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
}

void Transfer::set_options(const Limits& limits, const std::string& user_agent) {
  CURL* const handle = handle_.get();
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a resolver that hangs
#endif
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, limits.connect_timeout_ms);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, limits.total_timeout_ms);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, user_agent.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(handle, CURLOPT_POST, 1L);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request_.body.data());
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
}

Result Transfer::finish(CURLcode code) {
  long status = 0;
  long request_bytes = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle_.get(), CURLINFO_REQUEST_SIZE, &request_bytes);
  Result result{.tag = request_.tag, .answer = std::move(answer_)};
  Answer& answer = result.answer;
  // An answer that was cut for its size still has a status that means something; one that broke off has not.
  answer.has_response = status > 0 && (code == CURLE_OK || too_large_);
  // Any byte counts: to take a mail for unsent that was sent is the dearer mistake.
  answer.request_written = request_bytes > 0;
  answer.status = answer.has_response ? static_cast<int>(status) : 0;
  if (code != CURLE_OK) answer.transport_error = words_for(code);
  if (!answer.has_response) {
    answer.headers.clear();
    answer.body.clear();
  }
  clear();
  return result;
}

void Transfer::clear() {
  curl_easy_reset(handle_.get());  // keeps connections, which belong to the multi handle
  headers_.reset();
  request_ = {};
  answer_ = {};
  header_bytes_ = 0;
  too_large_ = false;
  error_.fill('\0');
}

// libcurl's words without times and ports, so that equal failures read equal; its details where TLS fails,
// since only they tell an expired certificate from an unknown one.
std::string Transfer::words_for(CURLcode code) const {
  if (too_large_) return "answer larger than " + std::to_string(cap_) + " bytes";
  if (code == CURLE_OPERATION_TIMEDOUT) return "timeout";
  std::string words = curl_easy_strerror(code);
  const bool tls = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
  if (tls && error_.front() != '\0') words.append(": ").append(error_.data());
  return words;
}

std::size_t Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > cap_) {
    too_large_ = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) answer_.headers.clear();  // what came before was an interim answer
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos)
    answer_.headers.insert_or_assign(ascii_lower(line.substr(0, colon)),
                                     std::string(trim(line.substr(colon + 1))));
  return line.size();
}

std::size_t Transfer::take_body(std::string_view bytes) {
  const std::size_t room = cap_ - answer_.body.size();
  answer_.body += bytes.substr(0, room);
  too_large_ = bytes.size() > room;
  return std::min(bytes.size(), room);
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  try {
    return static_cast<Transfer*>(self)->take_header({data, size * count});
  } catch (const std::bad_alloc&) {
    return 0;  // ends the transfer
  }
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  try {
    return static_cast<Transfer*>(self)->take_body({data, size * count});
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

}  // namespace calcom::net
