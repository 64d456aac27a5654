#include "broker/release.h"

#include <gtest/gtest.h>

namespace kmirror::broker {
namespace {

using protocol::VersionRange;

constexpr std::int16_t kProduce = 0;
constexpr std::int16_t kFetch = 1;
constexpr std::int16_t kMetadata = 3;

TEST(Releases, AreKnownByTheirNames) {
  EXPECT_EQ(parse_release("4.1"), (Release{4, 1}));
  EXPECT_EQ(parse_release("0.11"), (Release{0, 11}));
  EXPECT_EQ(parse_release("2.8"), (Release{2, 8}));
  EXPECT_EQ(parse_release("0.10"), std::nullopt);
  EXPECT_EQ(parse_release("2.9"), std::nullopt);
  EXPECT_EQ(parse_release("4.1.0"), std::nullopt);
  EXPECT_EQ(parse_release(""), std::nullopt);
}

TEST(OfferedVersions, AreThoseOfTheRelease) {
  EXPECT_EQ(offered_versions({0, 11}).at(kMetadata), (VersionRange{0, 4}));
  EXPECT_EQ(offered_versions({2, 8}).at(kMetadata), (VersionRange{0, 11}));
  EXPECT_EQ(offered_versions({3, 0}).at(kMetadata), (VersionRange{0, 11}));
  EXPECT_EQ(offered_versions({4, 1}).at(kMetadata), (VersionRange{0, 13}));
}

TEST(OfferedVersions, LeaveOutOldFormats) {
  EXPECT_EQ(offered_versions({2, 8}).at(kProduce), (VersionRange{3, 9}));
  EXPECT_EQ(offered_versions({2, 8}).at(kFetch), (VersionRange{4, 12}));
}

TEST(OfferedVersions, OfProduceBeginTooEarlyIn4) {
  EXPECT_EQ(offered_versions({4, 0}).at(kProduce), (VersionRange{0, 12}));
  EXPECT_EQ(offered_versions({4, 1}).at(kProduce), (VersionRange{0, 13}));
}

TEST(Features, TellOfNewTransactionsFrom4On) {
  EXPECT_TRUE(features({3, 9}).empty());
  EXPECT_EQ(features({4, 1}).back().name, "transaction.version");
  EXPECT_EQ(features({4, 1}).back().level, 2);
}

}  // namespace
}  // namespace kmirror::broker
