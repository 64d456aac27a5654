#include "broker/core/group_offsets.h"

#include <gtest/gtest.h>

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;

// -1 if there is none.
std::int64_t offset_of(const GroupOffsets& offsets, std::string_view topic, int partition) {
  const CommittedOffset* const found = offsets.find(topic, partition);
  return found == nullptr ? -1 : found->offset;
}

TEST(GroupOffsets, TheLastCommitCounts) {
  GroupOffsets offsets;
  EXPECT_EQ(offsets.find("t", 0), nullptr);
  EXPECT_EQ(offsets.commit("t", 0, {5, 2, "five"}), ErrorCode::kNone);
  EXPECT_EQ(offsets.commit("t", 1, {6, -1, ""}), ErrorCode::kNone);
  EXPECT_EQ(offsets.commit("t", 0, {3, 1, "three"}), ErrorCode::kNone);
  EXPECT_EQ(*offsets.find("t", 0), (CommittedOffset{3, 1, "three"}));
  EXPECT_EQ(offset_of(offsets, "t", 1), 6);
  EXPECT_EQ(offset_of(offsets, "u", 0), -1);
}

TEST(GroupOffsets, MetadataHaveAtMost4096CharactersAsJavaCountsThem) {
  GroupOffsets offsets;
  const std::string most(4096, 'x');
  EXPECT_EQ(offsets.commit("t", 0, {1, -1, most}), ErrorCode::kNone);
  EXPECT_EQ(offsets.commit("t", 0, {2, -1, most + 'x'}), ErrorCode::kOffsetMetadataTooLarge);
  EXPECT_EQ(offset_of(offsets, "t", 0), 1);

  std::string umlauts;
  for (int i = 0; i < 4096; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(offsets.commit("t", 0, {3, -1, umlauts}), ErrorCode::kNone);
  std::string faces;
  for (int i = 0; i < 2048; ++i) faces += "\xf0\x9f\x98\x80";
  EXPECT_EQ(offsets.commit("t", 0, {4, -1, faces}), ErrorCode::kNone);
  EXPECT_EQ(offsets.commit("t", 0, {5, -1, faces + "x"}), ErrorCode::kOffsetMetadataTooLarge);
}

TEST(GroupOffsets, ATransactionsOffsetsCountOnceItCommits) {
  GroupOffsets offsets;
  offsets.commit("t", 0, {5, -1, ""});
  offsets.commit("t", 0, {9, 1, "later"}, 77);
  offsets.commit("t", 1, {4, 1, ""}, 77);
  EXPECT_EQ(offset_of(offsets, "t", 0), 5);
  EXPECT_EQ(offset_of(offsets, "t", 1), -1);
  EXPECT_TRUE(offsets.is_pending("t", 0));
  EXPECT_TRUE(offsets.is_pending("t", 1));
  EXPECT_FALSE(offsets.is_pending("t", 2));

  offsets.end_transaction(78, true);
  EXPECT_TRUE(offsets.is_pending("t", 0));
  offsets.end_transaction(77, true);
  EXPECT_FALSE(offsets.is_pending("t", 0));
  EXPECT_EQ(*offsets.find("t", 0), (CommittedOffset{9, 1, "later"}));
  EXPECT_EQ(offset_of(offsets, "t", 1), 4);
}

TEST(GroupOffsets, AnAbortedTransactionLeavesNothing) {
  GroupOffsets offsets;
  offsets.commit("t", 0, {5, -1, ""});
  offsets.commit("t", 0, {9, -1, ""}, 77);
  offsets.end_transaction(77, false);
  EXPECT_FALSE(offsets.is_pending("t", 0));
  EXPECT_EQ(offset_of(offsets, "t", 0), 5);
  offsets.end_transaction(77, true);
  EXPECT_EQ(offset_of(offsets, "t", 0), 5);
}

TEST(GroupOffsets, ACommitDuringATransactionIsNewerThanWhatItHolds) {
  GroupOffsets offsets;
  offsets.commit("t", 0, {9, -1, ""}, 77);
  offsets.commit("t", 0, {20, -1, ""});
  offsets.end_transaction(77, true);
  EXPECT_EQ(offset_of(offsets, "t", 0), 20);
}

TEST(GroupOffsets, OfTwoTransactionsTheNewerCommitCountsWhicheverEndsLast) {
  GroupOffsets offsets;
  offsets.commit("t", 0, {9, -1, ""}, 77);
  offsets.commit("t", 0, {12, -1, ""}, 78);
  offsets.end_transaction(78, true);
  EXPECT_TRUE(offsets.is_pending("t", 0));
  offsets.end_transaction(77, true);
  EXPECT_EQ(offset_of(offsets, "t", 0), 12);
}

TEST(GroupOffsets, WhatIsRemovedIsNotPendingEither) {
  GroupOffsets offsets;
  offsets.commit("t", 0, {1, -1, ""});
  offsets.commit("t", 1, {2, -1, ""});
  offsets.commit("t", 1, {3, -1, ""}, 77);
  offsets.commit("u", 0, {4, -1, ""});
  offsets.remove("t", 1);
  offsets.end_transaction(77, true);
  EXPECT_EQ(offset_of(offsets, "t", 0), 1);
  EXPECT_EQ(offset_of(offsets, "t", 1), -1);

  offsets.commit("t", 1, {5, -1, ""}, 78);
  offsets.remove_topic("t");
  offsets.end_transaction(78, true);
  EXPECT_EQ(offsets.all().size(), 1u);
  EXPECT_EQ(offset_of(offsets, "u", 0), 4);

  offsets.commit("t", 0, {6, -1, ""});
  offsets.remove("t", 0);
  EXPECT_FALSE(offsets.all().contains("t"));
}

}  // namespace
}  // namespace kmirror::broker
