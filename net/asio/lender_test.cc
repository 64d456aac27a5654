// Lent writes over real sockets: what arrives is what was written, whatever its pieces are like.
#include "net/asio/lender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/random.h"
#include "net/asio/asio_runtime.h"
#include "net/task_group.h"
#include "net/wakeup.h"

namespace kmirror::net {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{60};

Buffer numbered(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  Buffer bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

struct LenderTest : testing::Test {
  AsioRuntime runtime{1, [](LogLevel, std::string_view) {}};
  TaskGroup tasks{runtime};
  Wakeup opened{runtime};
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Stream> writer;
  std::unique_ptr<Stream> reader;
  std::vector<Buffer> pieces;
  Buffer arrived;
  std::string ended;

  static Awaitable<void> accept(LenderTest& test) {
    auto accepted = co_await test.listener->accept();
    if (accepted) test.reader = std::move(accepted.value());
    test.opened.notify();
  }

  Awaitable<bool> open() {
    auto listening = runtime.listen({"127.0.0.1", 0});
    if (!listening) co_return false;
    listener = std::move(listening.value());
    tasks.spawn(accept(*this));
    auto connected = co_await runtime.connect(listener->address(), runtime.now() + kPatience);
    if (!connected) co_return false;
    writer = std::move(connected.value());
    while (!reader) co_await opened.wait();
    co_return true;
  }

  // All pieces; the small ones are overwritten as soon as they are taken, as they may be.
  static Awaitable<void> write(LenderTest& test) {
    std::vector<ConstBytes> left(test.pieces.begin(), test.pieces.end());
    std::size_t first = 0;
    while (first < left.size()) {
      const auto rest = std::span<const ConstBytes>(left).subspan(first);
      const auto wrote = co_await test.writer->write_some(rest, Lending::kLent);
      if (!wrote) break;
      std::size_t taken = wrote.value();
      while (first < left.size() && taken >= left[first].size()) {
        taken -= left[first].size();
        Buffer& piece = test.pieces[first++];
        if (piece.size() < kLentBytesMin) std::ranges::fill(piece, 0);
      }
      if (first < left.size()) left[first] = left[first].subspan(taken);
    }
  }

  static Awaitable<void> read(LenderTest& test, std::size_t size) {
    Buffer bytes(100'000);
    while (test.arrived.size() < size) {
      const auto got = co_await test.reader->read_some(bytes);
      if (!got) {
        test.ended = got.error().text;
        break;
      }
      const ConstBytes part = ConstBytes(bytes).first(got.value());
      test.arrived.insert(test.arrived.end(), part.begin(), part.end());
    }
  }

  static Awaitable<void> copy(LenderTest& test, std::size_t size) {
    const bool open = co_await test.open();
    if (!open) co_return;
    test.tasks.spawn(write(test));
    co_await read(test, size);
  }

  static Awaitable<void> break_off(LenderTest& test, std::size_t size) {
    const bool open = co_await test.open();
    if (!open) co_return;
    test.tasks.spawn(write(test));  // It fills what the system has room for.
    test.writer->close();
    co_await read(test, size);
  }

  // The first failure says that the connection was reset, the next that it is gone.
  static Awaitable<void> write_in_vain(LenderTest& test) {
    const bool open = co_await test.open();
    if (!open) co_return;
    test.reader->close();
    const ConstBytes piece = test.pieces[0];
    for (int i = 0; i < 100 && !test.ended.ends_with("Broken pipe"); ++i) {
      const auto wrote = co_await test.writer->write_some(std::span(&piece, 1), Lending::kLent);
      if (!wrote) test.ended = wrote.error().text;
    }
  }

  void expect_to_arrive() {
    Buffer all;
    for (const Buffer& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
    tasks.spawn(copy(*this, all.size()));
    runtime.run();
    EXPECT_EQ(arrived.size(), all.size()) << ended;
    EXPECT_TRUE(arrived == all);
  }
};

TEST_F(LenderTest, LargeAndSmallPiecesArriveInTheirOrder) {
  Random random(7);
  for (std::uint64_t i = 0; i < 600; ++i) {
    pieces.push_back(numbered(1 + random.below(i % 2 == 0 ? 300 : 40'000), i));
  }
  expect_to_arrive();
}

TEST_F(LenderTest, MoreSmallPiecesThanAStageHolds) {
  for (std::uint64_t i = 0; i < 400; ++i) {
    pieces.push_back(numbered(i % 20 == 0 ? 1'000'000 : kLentBytesMin - 1, i));
  }
  expect_to_arrive();
}

TEST_F(LenderTest, MorePagesThanAPipeHolds) {
  for (std::uint64_t i = 0; i < 5; ++i) pieces.push_back(numbered(3'000'001, i));
  expect_to_arrive();
}

TEST_F(LenderTest, WhatIsNotSentYetIsThrownAwayWhenTheStreamIsClosed) {
  pieces.emplace_back(64 << 20);
  tasks.spawn(break_off(*this, pieces[0].size()));
  runtime.run();
  EXPECT_THAT(ended, HasSubstr("reset by peer"));
  EXPECT_LT(arrived.size(), pieces[0].size());
}

TEST_F(LenderTest, NoSignalComesOfAConnectionThatIsGone) {
  pieces.emplace_back(64 << 10);
  tasks.spawn(write_in_vain(*this));
  runtime.run();
  EXPECT_EQ(ended, "write: Broken pipe");
}

// As where a sandbox knows no splice: what follows is copied.
TEST(Lender, GivesUpWhereTheSystemRefuses) {
  const int event = ::eventfd(0, EFD_CLOEXEC);
  ASSERT_GE(event, 0);
  Lender lender;
  ASSERT_TRUE(lender.usable());
  const Buffer bytes(64 << 10);
  const ConstBytes piece = bytes;
  EXPECT_EQ(lender.write(event, std::span(&piece, 1)), -1);
  EXPECT_FALSE(lender.usable());
  EXPECT_FALSE(lender.pending());
  ::close(event);
}

}  // namespace
}  // namespace kmirror::net
