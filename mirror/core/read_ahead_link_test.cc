// How much of a long link ranges fill: answers come one behind the other, at the link's rate, no
// sooner than a round trip after the request, and what the lane has is taken at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>

#include "base/random.h"
#include "mirror/testing/log_model.h"

namespace kmirror::mirror {
namespace {

using std::chrono::milliseconds;

constexpr double kBytesASecond = 100e6;
constexpr Duration kRoundTrip = milliseconds(80);
constexpr std::size_t kRangeBytes = 1 << 20;
constexpr std::size_t kRoomBytes = 11 << 20;  // for what is under way or not taken
constexpr std::size_t kLogBytes = 500 << 20;

using Batches = std::vector<std::pair<std::int64_t, std::size_t>>;

class Link {
 public:
  explicit Link(const Batches& batches) : log_(batches) {}

  // The share of the link's bytes that were new, from the first range to the last.
  double share() {
    const Reach first = log_.read({.offset = 0, .bytes = kRangeBytes});
    position_ = first.end;
    ReadAhead ahead(kRangeBytes, first, kRoundTrip + time_of(kRangeBytes));
    const double left = static_cast<double>(log_.bytes() - first.bytes);
    send(ahead);
    while (!wire_.empty()) {
      const OnTheWay next = wire_.front();
      wire_.pop_front();
      now_ = next.due;
      held_ += next.reach.bytes;
      requested_ -= next.request.bytes;
      ahead.on_answer(next.request.range,
                      {.slab = {}, .records = {}, .aborted = {}, .reach = next.reach},
                      now_ - next.sent);
      while (const auto chunk = ahead.next_chunk(position_)) {
        held_ -= chunk->reach.bytes;
        position_ = std::max(position_, chunk->reach.end);
      }
      send(ahead);
    }
    EXPECT_FALSE(ahead.broken());
    EXPECT_GT(static_cast<double>(position_), 0.98 * static_cast<double>(log_.end()));
    return left / kBytesASecond / std::chrono::duration<double>(now_.time_since_epoch()).count();
  }

 private:
  struct OnTheWay {
    ReadAhead::Request request;
    TimePoint sent;
    TimePoint due;
    Reach reach;
  };

  static Duration time_of(std::size_t bytes) {
    return Duration(std::llround(static_cast<double>(bytes) / kBytesASecond * 1e9));
  }

  void send(ReadAhead& ahead) {
    while (const auto request = ahead.next_request(log_.end())) {
      if (requested_ + held_ + request->bytes > kRoomBytes) return;
      ahead.begin(*request);
      requested_ += request->bytes;
      const Reach reach = log_.read(*request);
      free_at_ = std::max(free_at_, now_ + kRoundTrip) + time_of(log_.answer_bytes());
      wire_.push_back({*request, now_, free_at_, reach});
    }
  }

  LogModel log_;
  TimePoint now_{};
  TimePoint free_at_{};
  std::int64_t position_ = 0;
  std::size_t requested_ = 0;
  std::size_t held_ = 0;
  std::deque<OnTheWay> wire_;
};

Batches batches_of(const std::function<std::pair<std::int64_t, std::size_t>(Random&)>& draw) {
  Random random(1);
  Batches batches;
  for (std::size_t bytes = 0; bytes < kLogBytes; bytes += batches.back().second) {
    batches.push_back(draw(random));
  }
  return batches;
}

double share_of(const Batches& batches) {
  Link link(batches);
  return link.share();
}

struct Case {
  std::size_t kib;  // of a batch, about
  double regular;
  double nearly_regular;
  double uneven;
};

TEST(ReadAheadLink, IsFilledUnlessBatchesAreLargeAndUneven) {
  for (const Case& at_least : {Case{4, 0.97, 0.97, 0.93}, Case{16, 0.97, 0.97, 0.9},
                               Case{64, 0.96, 0.9, 0.85}, Case{256, 0.95, 0.85, 0.6}}) {
    const std::size_t kib = at_least.kib;
    const auto of_records = [](std::uint64_t records) {
      return std::pair(static_cast<std::int64_t>(records), records << 10);
    };
    const auto regular = [&](Random&) { return of_records(kib); };
    const auto nearly = [&](Random& random) {
      return of_records(kib + random.below(kib / 32 + 1));
    };
    const auto uneven = [&](Random& random) { return of_records(1 + random.below(2 * kib)); };
    EXPECT_GT(share_of(batches_of(regular)), at_least.regular) << kib << " KiB";
    EXPECT_GT(share_of(batches_of(nearly)), at_least.nearly_regular) << kib << " KiB";
    EXPECT_GT(share_of(batches_of(uneven)), at_least.uneven) << kib << " KiB";
  }
}

}  // namespace
}  // namespace kmirror::mirror
