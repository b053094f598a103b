// How long one body takes: parse_event against what only parsing it with jansson costs, and the signature.
#include <jansson.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "core/base/json_read.hpp"
#include "core/booking/event.hpp"
#include "core/webhook/signature.hpp"

namespace {

// Microseconds per call, the best of several rounds: the least disturbed one.
template <typename Work>
double micros_per_call(Work work) {
  constexpr int kRounds = 15;
  constexpr int kCalls = 2'000;
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto before = std::chrono::steady_clock::now();
    for (int call = 0; call < kCalls; ++call) work();
    const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - before;
    best = std::min(best, taken.count() / kCalls);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string file = argc > 1 ? argv[1] : CALCOM_FIXTURES "/calcom/BOOKING_CREATED-chain1.json";
  std::ifstream in(file, std::ios::binary);
  const std::string body((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (body.empty()) {
    std::fprintf(stderr, "cannot read %s\n", file.c_str());
    return 1;
  }
  std::size_t kept = 0;  // so that nothing is optimised away
  const double parse = micros_per_call([&] { kept += calcom::parse_event(body).event.details.size(); });
  const double read = micros_per_call([&] {
    calcom::JsonDocument document;
    kept += document.read(body);
  });
  const double jansson = micros_per_call([&] {
    json_t* root = json_loadb(body.data(), body.size(), 0, nullptr);
    kept += root != nullptr;
    json_decref(root);
  });
  const double verify = micros_per_call([&] { kept += calcom::sign(body, "whsec_test").size(); });
  std::printf(
      "%zu bytes: parse_event %.1f us (JSON alone %.1f), jansson's json_loadb %.1f us, signature %.1f us "
      "[%zu]\n",
      body.size(), parse, read, jansson, verify, kept % 10);
  std::printf("parse_event / json_loadb = %.2f\n", parse / jansson);
  return 0;
}
