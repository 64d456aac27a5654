#include "net/core/connection_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace kmirror::net {
namespace {

using protocol::GatherBuffer;
using std::chrono::seconds;

constexpr std::size_t kFrameMax = 1000;
constexpr TimePoint kStart{};

Buffer numbered(std::size_t size, std::uint8_t first = 0) {
  Buffer bytes(size);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

GatherBuffer own(ConstBytes bytes) {
  GatherBuffer request;
  request.reset(bytes.size());
  std::ranges::copy(bytes, request.extend(bytes.size()));
  return request;
}

void append_frame(Buffer& out, std::int32_t id, std::size_t body_bytes) {
  Buffer frame(8 + body_bytes);
  store_be(frame.data(), static_cast<std::int32_t>(4 + body_bytes));
  store_be(frame.data() + 4, id);
  std::iota(frame.begin() + 8, frame.end(), static_cast<std::uint8_t>(id));
  out.insert(out.end(), frame.begin(), frame.end());
}

Buffer frame(std::int32_t id, std::size_t body_bytes) {
  Buffer bytes;
  append_frame(bytes, id, body_bytes);
  return bytes;
}

// As a socket does: never more than there is space for, at most `chunk` bytes at once.
void feed(ConnectionCore& core, ConstBytes bytes, std::size_t chunk = SIZE_MAX) {
  while (!bytes.empty() && !core.failure()) {
    const MutableBytes space = core.read_space();
    ASSERT_FALSE(space.empty());
    const std::size_t size = std::min({space.size(), bytes.size(), chunk});
    std::copy_n(bytes.begin(), size, space.begin());
    core.on_read(size);
    bytes = bytes.subspan(size);
  }
}

Buffer write_all(ConnectionCore& core, std::size_t chunk = SIZE_MAX) {
  Buffer written;
  for (auto pieces = core.next_write(); !pieces.empty(); pieces = core.next_write()) {
    std::size_t left = chunk;
    for (ConstBytes piece : pieces) {
      const auto part = piece.first(std::min(left, piece.size()));
      written.insert(written.end(), part.begin(), part.end());
      left -= part.size();
    }
    core.on_wrote(chunk - left);
  }
  return written;
}

struct ConnectionCoreTest : testing::Test {
  SlabPool slabs;
  ConnectionCore core{slabs, kFrameMax};

  std::int32_t submit(TimePoint deadline = kNever) {
    const std::int32_t id = core.next_id();
    core.submit(own(numbered(10)), deadline);
    return id;
  }

  // Every completion that there is: its id, and what kind of failure it is.
  using Outcome = std::pair<std::int32_t, std::optional<FailureKind>>;
  std::vector<Outcome> outcomes() {
    std::vector<Outcome> all;
    while (auto completion = core.next_completion()) {
      std::optional<FailureKind> kind;
      if (!completion->frame) kind = completion->frame.error().kind;
      all.emplace_back(completion->id, kind);
    }
    return all;
  }
};

TEST_F(ConnectionCoreTest, PipelinedResponsesCutAtEveryByte) {
  Buffer wire;
  for (std::int32_t id = 1; id <= 3; ++id) append_frame(wire, id, 5 * (id - 1));
  for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
    ConnectionCore fresh(slabs, kFrameMax);
    for (int i = 0; i < 3; ++i) fresh.submit(own(numbered(10)), kNever);
    write_all(fresh);
    feed(fresh, ConstBytes(wire).first(cut));
    feed(fresh, ConstBytes(wire).subspan(cut));
    for (std::int32_t id = 1; id <= 3; ++id) {
      const auto completion = fresh.next_completion();
      ASSERT_TRUE(completion) << "cut at " << cut;
      EXPECT_EQ(completion->id, id);
      ASSERT_TRUE(completion->frame);
      const ConstBytes got = completion->frame.value().bytes();
      EXPECT_THAT(got, testing::ElementsAreArray(ConstBytes(frame(id, 5 * (id - 1))).subspan(4)));
    }
    EXPECT_FALSE(fresh.next_completion());
  }
}

TEST_F(ConnectionCoreTest, ResponsesByteByByte) {
  submit();
  submit();
  write_all(core);
  Buffer wire = frame(1, 100);
  append_frame(wire, 2, 0);
  feed(core, wire, 1);
  EXPECT_EQ(outcomes(), (std::vector<Outcome>{{1, {}}, {2, {}}}));
}

TEST_F(ConnectionCoreTest, FramesLargerThanWhatIsReadAhead) {
  Buffer wire = frame(1, 20);
  append_frame(wire, 2, 5000);
  append_frame(wire, 3, 30);
  for (const std::size_t chunk : {1u, 7u, 1000u, 100'000u}) {
    ConnectionCore fresh(slabs, 10'000);
    for (int i = 0; i < 3; ++i) fresh.submit(own(numbered(10)), kNever);
    write_all(fresh);
    feed(fresh, wire, chunk);
    for (const std::size_t size : {20, 5000, 30}) {
      const auto completion = fresh.next_completion();
      ASSERT_TRUE(completion) << "in chunks of " << chunk;
      const Buffer sent = frame(completion->id, size);
      ASSERT_TRUE(completion->frame);
      EXPECT_TRUE(
          std::ranges::equal(completion->frame.value().bytes(), ConstBytes(sent).subspan(4)));
    }
  }
}

TEST_F(ConnectionCoreTest, ExpectsTheRestOfAFrameThatHasBegun) {
  ConnectionCore fresh(slabs, 10'000);
  fresh.submit(own(numbered(10)), kNever);
  write_all(fresh);
  EXPECT_EQ(fresh.expected_bytes(), 4u);
  const Buffer wire = frame(1, 5000);
  feed(fresh, ConstBytes(wire).first(3));
  EXPECT_EQ(fresh.expected_bytes(), 1u);
  feed(fresh, ConstBytes(wire).subspan(3, 97));
  EXPECT_EQ(fresh.expected_bytes(), wire.size() - 100);
  feed(fresh, ConstBytes(wire).subspan(100));
  EXPECT_EQ(fresh.expected_bytes(), 4u);
}

// With 30 bytes as the least that an answer has, which really has 50.
TEST_F(ConnectionCoreTest, AnswersThatMayWaitAreExpectedTogetherButForTheLast) {
  ConnectionCore fresh(slabs, 10'000);
  const std::size_t expected[] = {4, 30, 60, 90, 120, 120, 120};
  for (const std::size_t bytes : expected) {
    fresh.submit(own(numbered(10)), kNever, 30);
    write_all(fresh);
    EXPECT_EQ(fresh.expected_bytes(), bytes);
  }
  feed(fresh, frame(1, 42));
  EXPECT_EQ(fresh.expected_bytes(), 120u);
  feed(fresh, ConstBytes(frame(2, 42)).first(3));
  EXPECT_EQ(fresh.expected_bytes(), 117u);
}

TEST_F(ConnectionCoreTest, AnAnswerThatMayNotWaitIsExpectedByItself) {
  ConnectionCore fresh(slabs, 10'000);
  for (const std::size_t bytes : {30, 30, 0, 30, 30}) {
    fresh.submit(own(numbered(10)), kNever, bytes);
    write_all(fresh);
  }
  EXPECT_EQ(fresh.expected_bytes(), 60u);
  feed(fresh, frame(1, 42));
  feed(fresh, frame(2, 42));
  EXPECT_EQ(fresh.expected_bytes(), 4u);
}

// Only what is wholly sent is sure to be answered while the rest waits for room.
TEST_F(ConnectionCoreTest, AnswersToRequestsThatAreNotSentAreNotExpected) {
  ConnectionCore fresh(slabs, 10'000);
  for (int i = 0; i < 3; ++i) fresh.submit(own(numbered(10)), kNever, 30);
  fresh.next_write();
  fresh.on_wrote(25);
  EXPECT_EQ(fresh.expected_bytes(), 30u);
}

TEST_F(ConnectionCoreTest, LengthsThatNoResponseHas) {
  constexpr std::int32_t kMax = static_cast<std::int32_t>(kFrameMax);
  for (const std::int32_t length : {std::numeric_limits<std::int32_t>::min(), -1, 0, 3, kMax + 1,
                                    std::numeric_limits<std::int32_t>::max()}) {
    ConnectionCore fresh(slabs, kFrameMax);
    fresh.submit(own(numbered(10)), kNever);
    write_all(fresh);
    Buffer wire(4);
    store_be(wire.data(), length);
    feed(fresh, wire);
    ASSERT_TRUE(fresh.failure()) << length;
    EXPECT_EQ(fresh.failure()->kind, FailureKind::kMalformed);
    EXPECT_EQ(slabs.live_bytes(), 0u) << "nothing is allocated for " << length;
    EXPECT_FALSE(fresh.next_completion()->frame);
    EXPECT_FALSE(fresh.next_completion());
  }
}

TEST_F(ConnectionCoreTest, ShortestAndLongestResponse) {
  submit();
  submit();
  write_all(core);
  Buffer wire = frame(1, 0);
  append_frame(wire, 2, kFrameMax - 4);
  feed(core, wire);
  EXPECT_EQ(outcomes(), (std::vector<Outcome>{{1, {}}, {2, {}}}));
}

TEST_F(ConnectionCoreTest, CorrelationIdsOutOfTurn) {
  for (const std::int32_t id : {2, 3, 0, -1}) {
    ConnectionCore fresh(slabs, kFrameMax);
    fresh.submit(own(numbered(10)), kNever);
    fresh.submit(own(numbered(10)), kNever);
    write_all(fresh);
    feed(fresh, frame(id, 3));
    ASSERT_TRUE(fresh.failure()) << id;
    EXPECT_EQ(fresh.failure()->kind, FailureKind::kMalformed);
    for (const std::int32_t pending : {1, 2}) {
      const auto completion = fresh.next_completion();
      ASSERT_TRUE(completion);
      EXPECT_EQ(completion->id, pending);
      EXPECT_FALSE(completion->frame);
    }
    EXPECT_FALSE(fresh.next_completion());
  }
}

TEST_F(ConnectionCoreTest, ResponseThatNobodyAwaits) {
  feed(core, frame(1, 3));
  ASSERT_TRUE(core.failure());
  EXPECT_EQ(core.failure()->kind, FailureKind::kMalformed);
  EXPECT_TRUE(outcomes().empty());
}

TEST_F(ConnectionCoreTest, ResponseBeforeItsRequestIsSent) {
  submit();
  core.on_wrote(core.next_write()[0].size() - 1);
  feed(core, frame(1, 3));
  ASSERT_TRUE(core.failure());
  EXPECT_EQ(core.failure()->kind, FailureKind::kMalformed);
  EXPECT_EQ(outcomes(), (std::vector<Outcome>{{1, FailureKind::kMalformed}}));
}

TEST_F(ConnectionCoreTest, DeadlinesOfAllRequestsCount) {
  EXPECT_EQ(core.next_deadline(), kNever);
  submit(kStart + seconds(9));
  submit(kStart + seconds(5));
  submit();
  EXPECT_EQ(core.next_deadline(), kStart + seconds(5));
  core.on_time(kStart + seconds(5) - Duration(1));
  EXPECT_FALSE(core.failure());
  core.on_time(kStart + seconds(5));
  const auto late = FailureKind::kTimeout;
  EXPECT_EQ(outcomes(), (std::vector<Outcome>{{1, late}, {2, late}, {3, late}}));
  EXPECT_EQ(core.next_deadline(), kNever);
}

TEST_F(ConnectionCoreTest, AnAnsweredRequestHasNoDeadline) {
  submit(kStart + seconds(5));
  submit(kStart + seconds(9));
  write_all(core);
  feed(core, frame(1, 0));
  EXPECT_EQ(core.next_deadline(), kStart + seconds(9));
  core.on_time(kStart + seconds(8));
  EXPECT_EQ(outcomes(), (std::vector<Outcome>{{1, {}}}));
}

TEST_F(ConnectionCoreTest, FailureResolvesEachRequestOnce) {
  for (int i = 0; i < 3; ++i) submit();
  write_all(core);
  feed(core, frame(1, 2));
  feed(core, ConstBytes(frame(2, 50)).first(20));
  core.fail({.kind = FailureKind::kClosed, .text = "first"});
  core.fail({.kind = FailureKind::kTimeout, .text = "second"});
  EXPECT_EQ(core.failure()->text, "first");
  submit();
  const auto closed = FailureKind::kClosed;
  EXPECT_EQ(outcomes(), (std::vector<Outcome>{{1, {}}, {2, closed}, {3, closed}, {4, closed}}));
  EXPECT_TRUE(core.next_write().empty());
  EXPECT_EQ(slabs.live_bytes(), 0u);
}

TEST_F(ConnectionCoreTest, RequestsWrittenInPartsOfEverySize) {
  const Buffer head = numbered(7), records = numbered(13, 100), more = numbered(1, 200);
  Buffer expected;
  for (const Buffer* part : {&head, &records, &more, &head, &head}) {
    expected.insert(expected.end(), part->begin(), part->end());
  }
  for (std::size_t chunk = 1; chunk <= expected.size(); ++chunk) {
    ConnectionCore fresh(slabs, kFrameMax);
    GatherBuffer request = own(head);
    request.append_reference(records);
    request.append_reference(more);
    fresh.submit(std::move(request), kNever);
    fresh.submit(own(head), kNever);
    fresh.submit(own(head), kNever);
    EXPECT_EQ(write_all(fresh, chunk), expected) << "in parts of " << chunk;
  }
}

TEST_F(ConnectionCoreTest, MorePiecesThanOneWriteTakes) {
  const Buffer bytes = numbered(3000);
  GatherBuffer request;
  request.reset(0);
  for (const std::uint8_t& byte : bytes) request.append_reference({&byte, 1});
  core.submit(std::move(request), kNever);
  EXPECT_LE(core.next_write().size(), 1024u);
  EXPECT_EQ(write_all(core), bytes);
}

}  // namespace
}  // namespace kmirror::net
