// One request on its way: an easy handle that is used again and again, and what belongs to the request it
// carries now. libcurl keeps pointers into it, so it stays where it was made.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "net/transport.hpp"

namespace calcom::net {

class Transfer {
 public:
  Transfer();  // throws std::bad_alloc
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return handle_.get(); }

  // Takes the request over; false when its URL or a header is refused.
  bool prepare(Request request, const Limits& limits, const std::string& user_agent);
  // What came of it; afterwards the transfer is free for the next request.
  Result finish(CURLcode code);
  void clear();

 private:
  bool set_headers();
  void set_destination(bool loopback);
  void set_options(const Limits& limits, const std::string& user_agent);
  std::size_t take_header(std::string_view line);
  std::size_t take_body(std::string_view bytes);
  std::string words_for(CURLcode code) const;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_;
  Request request_;
  Answer answer_;
  std::size_t cap_ = 0;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace calcom::net
