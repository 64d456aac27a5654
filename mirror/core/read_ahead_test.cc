#include "mirror/core/read_ahead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/random.h"
#include "mirror/testing/batches.h"
#include "mirror/testing/log_model.h"

namespace kmirror::mirror {
namespace {

using std::chrono::milliseconds;

Buffer joined(std::initializer_list<Buffer> parts) {
  Buffer all;
  for (const Buffer& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(Reach, IsReadFromHeaders) {
  const Buffer first = source_batch(numbered_batch(10, 4));
  const Buffer second = source_batch(numbered_batch(14, 3));
  const Buffer both = joined({first, second});
  const Reach reach = reach_of(both, 12);
  EXPECT_EQ(reach.from, 10) << "a broker gives the whole batch";
  EXPECT_EQ(reach.first, 10);
  EXPECT_EQ(reach.end, 17);
  EXPECT_EQ(reach.seen, 17);
  EXPECT_EQ(reach.bytes, both.size());
  EXPECT_EQ(reach.batches, 2u);
}

TEST(Reach, EndsBeforeABatchThatIsCutAndSeesItsHeader) {
  const Buffer first = source_batch(numbered_batch(10, 4));
  const Buffer all = joined({first, source_batch(numbered_batch(14, 3))});
  const Reach with_header = reach_of(ConstBytes(all).first(first.size() + 61), 10);
  EXPECT_EQ(with_header.end, 14);
  EXPECT_EQ(with_header.seen, 17);
  EXPECT_EQ(with_header.bytes, first.size());
  const Reach without = reach_of(ConstBytes(all).first(first.size() + 60), 10);
  EXPECT_EQ(without.end, 14);
  EXPECT_EQ(without.seen, 14);
}

// Compaction took the batch that the offset was in: nothing is missing before the next one.
TEST(Reach, BeginsWhereItWasAskedForAtTheLatest) {
  const Reach reach = reach_of(source_batch(numbered_batch(20, 2)), 15);
  EXPECT_EQ(reach.from, 15);
  EXPECT_EQ(reach.first, 20);
  EXPECT_EQ(reach.end, 22);
}

TEST(Reach, IsNothingWithoutAWholeBatch) {
  const Buffer batch = source_batch(numbered_batch(10, 4));
  EXPECT_EQ(reach_of({}, 7).batches, 0u);
  EXPECT_EQ(reach_of(ConstBytes(batch).first(70), 10).batches, 0u);
  Buffer wrong = batch;
  wrong[protocol::batch_field::kMagic] = 1;
  EXPECT_EQ(reach_of(wrong, 10).batches, 0u);
  wrong[protocol::batch_field::kMagic] = 7;
  EXPECT_EQ(reach_of(wrong, 10).batches, 0u);
}

struct ReadAheadTest : testing::Test {
  static constexpr Duration kQuick = milliseconds(80);

  ReadAhead ahead_of(LogModel& log, std::size_t range_bytes) {
    const Reach first = log.read({.offset = 0, .bytes = range_bytes});
    position = first.end;
    return ReadAhead(range_bytes, first, kQuick);
  }

  // Begins all that may be.
  std::vector<ReadAhead::Request> begin_all(ReadAhead& ahead, std::int64_t readable_end) {
    std::vector<ReadAhead::Request> begun;
    while (const auto request = ahead.next_request(readable_end)) {
      ahead.begin(*request);
      begun.push_back(*request);
    }
    return begun;
  }

  void answer(ReadAhead& ahead, LogModel& log, const ReadAhead::Request& request,
              Duration took = kQuick) {
    ahead.on_answer(request.range,
                    {.slab = {}, .records = {}, .aborted = {}, .reach = log.read(request)}, took);
  }

  // As a lane does.
  void take_all(ReadAhead& ahead) {
    while (const auto chunk = ahead.next_chunk(position)) {
      EXPECT_LE(chunk->reach.from, position) << "nothing is left out";
      position = std::max(position, chunk->reach.end);
    }
  }

  std::int64_t position = 0;
};

TEST_F(ReadAheadTest, BatchesOfOneSizeComeOnce) {
  for (const std::size_t batch_bytes : {1000u, 16u << 10, 262'150u}) {
    LogModel log =
        LogModel::regular(static_cast<int>((200u << 20) / batch_bytes), 250, batch_bytes);
    ReadAhead ahead = ahead_of(log, 1 << 20);
    std::size_t requests = 0;
    std::vector<ReadAhead::Request> wire;
    for (;;) {
      const auto begun = begin_all(ahead, log.end());
      requests += begun.size();
      wire.insert(wire.end(), begun.begin(), begun.end());
      if (wire.empty()) break;
      answer(ahead, log, wire.front());
      wire.erase(wire.begin());
      take_all(ahead);
    }
    EXPECT_FALSE(ahead.broken());
    EXPECT_GT(position * 100, log.end() * 98) << "the rest is for an ordinary fetch";
    EXPECT_LT(log.read_bytes() * 100, log.bytes() * 104) << "batches of " << batch_bytes;
    EXPECT_LE(requests, 300u) << "none is asked for again";
  }
}

TEST_F(ReadAheadTest, AGuessThatIsTooShortIsAskedForOn) {
  // From the middle on records are four times as large.
  std::vector<std::pair<std::int64_t, std::size_t>> batches(40, {100, 10'000});
  batches.resize(80, {25, 10'000});
  LogModel log(batches);
  ReadAhead ahead = ahead_of(log, 40'000);
  int asked_again = 0;
  std::vector<ReadAhead::Request> wire = begin_all(ahead, log.end());
  while (!wire.empty()) {
    answer(ahead, log, wire.front());
    wire.erase(wire.begin());
    const std::int64_t before = position;
    take_all(ahead);
    for (const auto& request : begin_all(ahead, log.end())) {
      if (request.offset == position && position > before) ++asked_again;
      wire.push_back(request);
    }
  }
  EXPECT_FALSE(ahead.broken());
  EXPECT_GT(asked_again, 0);
  EXPECT_GT(position, 4500);
}

TEST_F(ReadAheadTest, MoreAreUnderWayWhileAnswersAreAsQuickAsEver) {
  LogModel log = LogModel::regular(10'000, 10, 1000);
  ReadAhead ahead = ahead_of(log, 10'000);
  std::vector<ReadAhead::Request> wire = begin_all(ahead, log.end());
  EXPECT_EQ(wire.size(), 4u);
  const auto go_on = [&](Duration took, int answers) {
    for (int i = 0; i < answers; ++i) {
      answer(ahead, log, wire.front(), took);
      wire.erase(wire.begin());
      take_all(ahead);
      const auto more = begin_all(ahead, log.end());
      wire.insert(wire.end(), more.begin(), more.end());
    }
    return ahead.under_way();
  };
  EXPECT_EQ(go_on(milliseconds(100), 6), 10u);
  EXPECT_EQ(go_on(milliseconds(140), 6), 10u);
  EXPECT_EQ(go_on(milliseconds(170), 6), 4u);
  EXPECT_EQ(go_on(milliseconds(170), 6), 2u);
  EXPECT_EQ(go_on(milliseconds(80), 100), 32u);
  EXPECT_EQ(ahead.quickest(), milliseconds(80));
  EXPECT_EQ(go_on(milliseconds(10), 1), 32u);
  EXPECT_EQ(ahead.quickest(), milliseconds(10));
}

TEST_F(ReadAheadTest, LittleIsReadBeyondWhatIsTaken) {
  LogModel log = LogModel::regular(10'000, 10, 1000);
  ReadAhead ahead = ahead_of(log, 10'000);
  std::vector<ReadAhead::Request> wire;
  int chunks = 0;
  for (int i = 0; i < 500; ++i) {
    const auto more = begin_all(ahead, log.end());
    wire.insert(wire.end(), more.begin(), more.end());
    if (!wire.empty()) {
      answer(ahead, log, wire.front());
      wire.erase(wire.begin());
      continue;
    }
    const auto chunk = ahead.next_chunk(position);  // One, when nothing comes any more.
    ASSERT_TRUE(chunk);
    position = chunk->reach.end;
    ++chunks;
  }
  EXPECT_GT(chunks, 100);
  EXPECT_TRUE(wire.empty());
  int left = 0;
  for (; ahead.next_chunk(log.end()); ++left) continue;
  EXPECT_LE(left, 4);
}

TEST_F(ReadAheadTest, NothingIsGivenThatLiesBehindAGap) {
  LogModel log = LogModel::regular(100, 10, 1000);
  ReadAhead ahead = ahead_of(log, 4000);
  const auto wire = begin_all(ahead, log.end());
  answer(ahead, log, wire[1]);
  EXPECT_FALSE(ahead.next_chunk(position)) << "the range before it is under way";
  EXPECT_FALSE(ahead.broken());
  answer(ahead, log, wire[0]);
  EXPECT_FALSE(ahead.next_chunk(position - 1)) << "the position was taken back";
  EXPECT_TRUE(ahead.broken());
  EXPECT_FALSE(ahead.next_request(log.end()));
  EXPECT_FALSE(ahead.next_chunk(position));
}

TEST_F(ReadAheadTest, AnAnswerWithoutABatchEndsIt) {
  LogModel log = LogModel::regular(100, 10, 1000);
  ReadAhead ahead = ahead_of(log, 4000);
  const auto wire = begin_all(ahead, log.end());
  ahead.on_answer(wire[0].range,
                  {.slab = {}, .records = {}, .aborted = {}, .reach = reach_of({}, wire[0].offset)},
                  kQuick);
  EXPECT_TRUE(ahead.broken());
  answer(ahead, log, wire[1]);
  EXPECT_TRUE(ahead.broken());
}

TEST_F(ReadAheadTest, OffsetsMayBeAnything) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const Reach far{.from = 0, .end = kMost - 1, .bytes = 100, .batches = 1, .first = 0, .seen = 0};
  const ReadAhead beyond(1 << 20, far, kQuick);
  EXPECT_FALSE(beyond.next_request(kMost - 1));
  const Reach wide{.from = 0, .end = kMost / 2, .bytes = 100, .batches = 1, .first = 0, .seen = 0};
  const ReadAhead ahead(1 << 20, wide, kQuick);
  const auto request = ahead.next_request(kMost - 1);
  ASSERT_TRUE(request);
  EXPECT_GT(request->until, request->offset);
  EXPECT_LE(request->bytes, 4u << 20);
}

// Batches of any size, answers in any order: everything comes, in order.
TEST_F(ReadAheadTest, NothingIsLeftOutWhateverTheBatchesAre) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    std::vector<std::pair<std::int64_t, std::size_t>> batches;
    for (int i = 0; i < 300; ++i) {
      batches.emplace_back(1 + random.below(seed % 40 + 1),
                           70 + random.below(200 * (seed % 7 + 1)));
    }
    LogModel log(batches);
    position = 0;
    ReadAhead ahead = ahead_of(log, 100 + random.below(4000));
    std::vector<ReadAhead::Request> wire;
    for (;;) {
      const auto more = begin_all(ahead, log.end());
      wire.insert(wire.end(), more.begin(), more.end());
      if (wire.empty()) break;
      const auto next = wire.begin() + static_cast<std::ptrdiff_t>(random.below(wire.size()));
      answer(ahead, log, *next, milliseconds(50 + random.below(300)));
      wire.erase(next);
      if (random.below(3) > 0) take_all(ahead);
      if (wire.empty()) take_all(ahead);
    }
    ASSERT_FALSE(ahead.broken()) << "seed " << seed;
    ASSERT_FALSE(ahead.next_chunk(log.end())) << "seed " << seed;
    ASSERT_GT(position, log.end() / 2) << "seed " << seed;
  }
}

}  // namespace
}  // namespace kmirror::mirror
