// Reads one JSON object field by field: what is absent or null gives nothing, what has the wrong type or is
// out of range gives nothing and is named in the warnings. No field of a webhook may ever make parsing fail.
//
// Limits, in bytes: they keep one hostile field from filling a table; nothing seen from Cal.com comes near.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json_read.hpp"
#include "core/base/value.hpp"

namespace calcom {

inline constexpr std::size_t kMaxId = 255;      // uids, seat ids; longer is refused: half an id is another id
inline constexpr std::size_t kMaxLine = 1'000;  // titles, names; longer is cut
inline constexpr std::size_t kMaxUrl = 2'048;   // longer is refused; addresses of places are cut
inline constexpr std::size_t kMaxText = 64 * 1'024;   // descriptions, notes, reasons; longer is cut
inline constexpr std::size_t kMaxJson = 256 * 1'024;  // responses, metadata; longer is refused
inline constexpr std::size_t kMaxWarnings = 50;       // further ones are not listed

class PayloadReader {
 public:
  // `base` must outlive the reader: "payload", "payload.organizer". With an index it reads as "base[3]".
  PayloadReader(simdjson::dom::object object, std::string_view base, std::vector<std::string>& warnings,
                std::optional<std::size_t> index = std::nullopt)
      : fields_(object), base_(base), index_(index), warnings_(&warnings) {}

  std::optional<std::string> text(std::string_view name, std::size_t max);  // longer is cut
  std::optional<std::string> id(std::string_view name);                     // empty counts as absent
  std::optional<std::string> email(std::string_view name);                  // normal form; empty as absent
  std::optional<std::string> url(std::string_view name);                    // http(s) only; empty as absent
  std::optional<std::int64_t> bigint(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<Micros> time(std::string_view name);
  std::optional<simdjson::dom::object> object(std::string_view name);
  std::optional<simdjson::dom::array> array(std::string_view name);
  [[nodiscard]] bool is_null(std::string_view name) const;
  [[nodiscard]] std::optional<JsonElement> raw(std::string_view name) const { return fields_.get(name); }

  void warn(std::string_view name, std::string_view what = {});
  [[nodiscard]] std::vector<std::string>& warnings() const { return *warnings_; }

 private:
  std::optional<JsonElement> present(std::string_view name) const;  // and not null
  std::optional<std::string_view> present_text(std::string_view name);

  JsonFields fields_;
  std::string_view base_;
  std::optional<std::size_t> index_;
  std::vector<std::string>* warnings_;
};

// For lists, which have no reader of their own.
void add_warning(std::vector<std::string>& warnings, std::string warning);

}  // namespace calcom
