// A connection whose peer sends anything, in pieces of any size. The input is a list of steps: the
// two low bits of a byte say which, the rest how much. What is read follows its step; in a stream
// of responses the next request has id 1, 2, 3...
#include <algorithm>
#include <deque>

#include "base/check.h"
#include "fuzz/memory_limit.h"
#include "fuzz/target.h"
#include "net/core/connection_core.h"
#include "protocol/framing.h"

namespace kmirror::fuzz {
namespace {

using net::ConnectionCore;

constexpr std::size_t kFrameMax = 1 << 20;
// Announced frames cost what is allocated for them, which is not more than the connection allows:
// one that comes, and spare ones that the pool keeps. A step submits a request.
constexpr std::size_t kMemoryBytes = (8 << 20) + 2 * kFrameMax;
constexpr std::size_t kMemoryPerByte = 1024;
constexpr protocol::Api kFlexibleApi{
    .key = 0, .name = "Any", .versions = {.min = 0, .max = 1}, .flexible = 1};

class Session {
 public:
  explicit Session(ConstBytes steps) : rest_(steps) {}

  void run() {
    while (!rest_.empty()) {
      const std::size_t amount = rest_[0] >> 2;
      const int step = rest_[0] & 3;
      rest_ = rest_.subspan(1);
      if (step == 0) submit(amount + 1);
      if (step == 1) write(amount + 1);
      if (step == 2) read(amount + 1);
      if (step == 3) core_.on_time(now_ += std::chrono::seconds(amount));
      drain();
    }
    core_.fail({.kind = net::FailureKind::kClosed, .text = "the end"});
    drain();
    KM_CHECK(awaited_.empty(), "every request resolves");
    KM_CHECK(slabs_.live_bytes() == 0, "no slab is held");
  }

 private:
  void submit(std::size_t bytes) {
    protocol::GatherBuffer request;
    request.reset(bytes);
    std::ranges::fill(MutableBytes(request.extend(bytes), bytes), std::uint8_t{0x51});
    awaited_.push_back(core_.next_id());
    core_.submit(std::move(request), now_ + std::chrono::seconds(30));
    KM_CHECK(core_.next_id() != awaited_.back(), "each request has an id of its own");
  }

  void write(std::size_t bytes_max) {
    std::size_t bytes = 0;
    for (const ConstBytes piece : core_.next_write()) bytes += piece.size();
    core_.on_wrote(std::min(bytes, bytes_max));
  }

  void read(std::size_t bytes_max) {
    for (std::size_t left = std::min(bytes_max, rest_.size()); left > 0;) {
      const MutableBytes space = core_.read_space();
      KM_CHECK(!space.empty(), "there is always room for the next byte");
      const std::size_t bytes = std::min(left, space.size());
      std::copy_n(rest_.begin(), bytes, space.begin());
      rest_ = rest_.subspan(bytes);
      left -= bytes;
      core_.on_read(bytes);
    }
  }

  void drain() {
    while (const auto completion = core_.next_completion()) {
      KM_CHECK(!awaited_.empty() && awaited_.front() == completion->id, "in their order, once");
      awaited_.pop_front();
      if (completion->frame) read_frame(completion->frame->bytes(), completion->id);
    }
    KM_CHECK(!core_.failure() || awaited_.empty(), "a failure resolves all");
  }

  void read_frame(ConstBytes frame, std::int32_t id) {
    KM_CHECK(frame.size() <= kFrameMax, "no frame is longer than allowed");
    for (const std::int16_t version : {0, 1}) {
      protocol::ResponseFrame response;
      if (decode_response_header(frame, kFlexibleApi, version, response)) continue;
      KM_CHECK(response.correlation_id == id, "the answer is to this request");
      KM_CHECK(response.body.size() <= frame.size() - sizeof(id), "the body is in the frame");
    }
  }

  TimePoint now_;
  ConstBytes rest_;
  net::SlabPool slabs_;
  ConnectionCore core_{slabs_, kFrameMax};
  std::deque<std::int32_t> awaited_;
};

KMIRROR_FUZZ_TARGET(connection) {
  const MemoryLimit limit(kMemoryBytes + kMemoryPerByte * input.size());
  Session(input).run();
}

}  // namespace
}  // namespace kmirror::fuzz
