// See calls.hpp.
#include "proxy/database/calls.hpp"

#include <string_view>

namespace calcom::proxy {
namespace {

constexpr std::string_view kCalcomCall = ".calcom_ingest($1::bytea, $2::text, $3::text)";
constexpr std::string_view kResendCall = ".resend_ingest($1::bytea, $4::text, $5::text, $2::text, $3::text)";

Parameter text_or_null(const std::optional<std::string>& value) {
  return Parameter{value ? value->c_str() : nullptr};
}

Parameter body_of(const Delivery& delivery) {
  return Parameter{delivery.body.data(), static_cast<int>(delivery.body.size()), true};
}

// "ARRAY[$1::bytea,$4::bytea,…]": every third parameter from `first` on.
std::string array_of(std::size_t first, std::size_t count, std::string_view type) {
  std::string text = "ARRAY[";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text += '$' + std::to_string(first + 3 * i) + "::";
    text += type;
  }
  return text + ']';
}

Answer without_rows(const QueryResult& result) {
  Answer answer;
  if (result.state == QueryResult::State::kLost) {
    answer.fate = Fate::kUnknown;
    return answer;
  }
  answer.fate = Fate::kRefused;
  answer.sqlstate = result.state == QueryResult::State::kError ? result.sqlstate : "02000";
  return answer;
}

Answer committed(const std::vector<std::string>& row) {
  Answer answer;
  answer.fate = Fate::kCommitted;
  answer.outcome = row.front();
  answer.event_id = row.size() > 1 ? row[1] : "";
  return answer;
}

}  // namespace

Call single_call(const std::string& schema, const Delivery& delivery) {
  const bool calcom = delivery.sender == Sender::kCalcom;
  Call call;
  call.sql = "SELECT outcome, event_id FROM " + schema + std::string(calcom ? kCalcomCall : kResendCall);
  call.parameters = {body_of(delivery), text_or_null(delivery.credentials.signature),
                     Parameter{delivery.account.c_str()}};
  if (!calcom) {
    call.parameters.push_back(text_or_null(delivery.credentials.id));
    call.parameters.push_back(text_or_null(delivery.credentials.timestamp));
  }
  return call;
}

Call batch_call(const std::string& schema, const std::vector<const Delivery*>& deliveries) {
  const std::size_t count = deliveries.size();
  Call call;
  call.sql = "SELECT outcome, event_id, sqlstate FROM " + schema + ".calcom_ingest_batch(" +
             array_of(1, count, "bytea") + ", " + array_of(2, count, "text") + ", " +
             array_of(3, count, "text") + ") ORDER BY item";
  call.parameters.reserve(3 * count);
  for (const Delivery* delivery : deliveries) {
    call.parameters.push_back(body_of(*delivery));
    call.parameters.push_back(text_or_null(delivery->credentials.signature));
    call.parameters.push_back(Parameter{delivery->account.c_str()});
  }
  return call;
}

Answer to_answer(const QueryResult& result) {
  if (result.state != QueryResult::State::kRow || result.rows.empty()) return without_rows(result);
  return committed(result.rows.front());
}

std::vector<Answer> batch_answers(const QueryResult& result, std::size_t items) {
  std::vector<Answer> answers;
  answers.reserve(items);
  for (std::size_t i = 0; i < items; ++i) {
    if (result.state != QueryResult::State::kRow || i >= result.rows.size()) {
      answers.push_back(without_rows(result));
      continue;
    }
    const auto& row = result.rows[i];
    if (row.size() > 2 && !row[2].empty()) {
      Answer refused;
      refused.fate = Fate::kRefused;
      refused.sqlstate = row[2];
      answers.push_back(std::move(refused));
    } else {
      answers.push_back(committed(row));
    }
  }
  return answers;
}

}  // namespace calcom::proxy
