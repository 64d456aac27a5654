#include "protocol/dump/entry_reader.h"

#include <gtest/gtest.h>

#include "protocol/records/golden_batches.h"
#include "protocol/testing/byte_source.h"
#include "protocol/testing/message_set.h"

namespace kmirror::protocol {
namespace {

using Step = EntryReader::Step;
using testing::concat;
using testing::source_of;

const Buffer kMessages = testing::set_of(
    {{.offset = 1, .magic = 0, .key = "k", .value = "v"}, {.offset = 2, .magic = 1}});

Buffer zeros(std::size_t size) {
  return Buffer(size, 0);
}

Buffer with_length(Buffer batch, std::int32_t length) {
  store_be(batch.data() + batch_field::kBatchLength, length);
  return batch;
}

std::size_t pieces_size(EntryReader& reader) {
  std::size_t size = 0;
  for (auto piece = reader.next_piece(); !piece.empty(); piece = reader.next_piece()) {
    size += piece.size();
  }
  return size;
}

TEST(EntryReader, FindsEntriesOfAllFormatsWhateverComesAtATime) {
  const Buffer bytes = concat({golden::kPlain, kMessages, golden::kZstd});
  for (const std::size_t at_a_time : {1u, 7u, 1000u}) {
    EntryReader reader(source_of(bytes, at_a_time));
    std::size_t position = 0;
    for (const std::size_t size : {golden::kPlain.size(), 28ul, 34ul, golden::kZstd.size()}) {
      ASSERT_EQ(reader.next(), Step::kEntry);
      EXPECT_EQ(reader.position(), position);
      EXPECT_EQ(reader.size(), size);
      const ConstBytes entry = ConstBytes(bytes).subspan(position, size);
      EXPECT_TRUE(std::ranges::equal(reader.header(), entry.first(reader.header().size())));
      EXPECT_FALSE(reader.is_complete());
      EXPECT_TRUE(std::ranges::equal(reader.first(reader.size()), entry));
      EXPECT_TRUE(reader.is_complete());
      position += size;
    }
    EXPECT_EQ(reader.next(), Step::kEnd);
    EXPECT_EQ(reader.next(), Step::kEnd);
    EXPECT_EQ(reader.position(), bytes.size());
  }
}

TEST(EntryReader, WhatNobodyTookIsPassedOver) {
  const Buffer bytes = concat({golden::kPlain, golden::kGzip, golden::kZstd});
  EntryReader reader(source_of(bytes, 20));
  ASSERT_EQ(reader.next(), Step::kEntry);
  EXPECT_FALSE(reader.next_piece().empty());
  ASSERT_EQ(reader.next(), Step::kEntry);
  EXPECT_EQ(reader.position(), golden::kPlain.size());
  EXPECT_EQ(pieces_size(reader), golden::kGzip.size());
  ASSERT_EQ(reader.next(), Step::kEntry);
  EXPECT_EQ(reader.position(), golden::kPlain.size() + golden::kGzip.size());
  EXPECT_EQ(reader.next(), Step::kEnd);
}

TEST(EntryReader, EveryCutIsNoticed) {
  const Buffer bytes = concat({golden::kZstd, kMessages});
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    EntryReader reader(source_of(ConstBytes(bytes).first(cut), 1000));
    std::size_t position = 0;
    auto step = reader.next();
    for (; step == Step::kEntry; step = reader.next()) {
      EXPECT_EQ(reader.position(), position);
      if (reader.first(reader.size()).size() == reader.size()) position += reader.size();
    }
    const ConstBytes rest = ConstBytes(bytes).subspan(position, cut - position);
    // The zeros that an offset begins with look like padding.
    const bool is_zero = std::ranges::all_of(rest, [](auto byte) { return byte == 0; });
    EXPECT_EQ(step, rest.empty() ? Step::kEnd : is_zero ? Step::kPadding : Step::kCut) << cut;
    EXPECT_EQ(reader.position(), position) << cut;
    EXPECT_EQ(reader.size(), rest.size()) << cut;
  }
}

TEST(EntryReader, ZerosAtTheEndArePadding) {
  for (const std::size_t size : {1u, 11u, 17u, 61u, 1'000'000u}) {
    EntryReader reader(source_of(concat({golden::kPlain, zeros(size)}), 4096));
    ASSERT_EQ(reader.next(), Step::kEntry);
    ASSERT_EQ(reader.next(), Step::kPadding);
    EXPECT_EQ(reader.position(), golden::kPlain.size());
    EXPECT_EQ(reader.size(), size);
  }
  EntryReader reader(source_of(concat({zeros(1'000'000), {1}}), 4096));
  ASSERT_EQ(reader.next(), Step::kMalformed);
  EXPECT_STREQ(reader.what(), "batch length is too small");
  EXPECT_EQ(reader.position(), 0u);
}

TEST(EntryReader, ALengthThatCannotBeIsAnEnd) {
  Buffer bad_magic = golden::kPlain;
  bad_magic[batch_field::kMagic] = 3;
  const std::pair<Buffer, const char*> cases[] = {
      {with_length(golden::kPlain, -1), "batch length is too small"},
      {with_length(golden::kPlain, 48), "batch length is too small"},
      {with_length(kMessages, 13), "batch length is too small"},
      {bad_magic, "magic is not 0, 1 or 2"},
  };
  for (const auto& [bytes, what] : cases) {
    EntryReader reader(source_of(concat({golden::kZstd, bytes}), 1000));
    ASSERT_EQ(reader.next(), Step::kEntry);
    ASSERT_EQ(reader.next(), Step::kMalformed);
    EXPECT_STREQ(reader.what(), what);
    EXPECT_EQ(reader.position(), golden::kZstd.size());
  }
}

// An entry larger than the window, and one that claims to be as large as can be.
TEST(EntryReader, LargeEntriesAreReadInPiecesOrWhole) {
  constexpr std::size_t kSize = 3'000'000;
  Buffer large = with_length(golden::kPlain, kSize - kBatchPrefixBytes);
  large.resize(kSize);
  for (std::size_t i = golden::kPlain.size(); i < kSize; ++i) {
    large[i] = static_cast<std::uint8_t>(i / 3);
  }
  const Buffer bytes = concat({large, large, with_length(large, 0x7fffffff)});
  EntryReader reader(source_of(bytes, 100'000));
  ASSERT_EQ(reader.next(), Step::kEntry);
  EXPECT_EQ(pieces_size(reader), kSize);
  ASSERT_EQ(reader.next(), Step::kEntry);
  EXPECT_TRUE(std::ranges::equal(reader.first(reader.size()), large));
  ASSERT_EQ(reader.next(), Step::kEntry);
  EXPECT_EQ(reader.size(), kBatchPrefixBytes + 0x7fffffffull);
  EXPECT_EQ(reader.first(reader.size()).size(), kSize);
  ASSERT_EQ(reader.next(), Step::kCut);
  EXPECT_EQ(reader.size(), kSize);
}

}  // namespace
}  // namespace kmirror::protocol
