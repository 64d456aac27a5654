#include "protocol/wire/generator.h"

#include <gmock/gmock.h>

#include <set>

#include "protocol/messages/describe_client_quotas.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/wire/json_writer.h"

namespace kmirror::protocol {
namespace {

constexpr int kTries = 300;

TEST(Generator, TheSameStreamGivesTheSameMessage) {
  Random a(5);
  Random b(5);
  Random c(6);
  const std::string first = to_json(generate<MetadataResponse>(a, 9), 9);
  EXPECT_EQ(to_json(generate<MetadataResponse>(b, 9), 9), first);
  EXPECT_NE(to_json(generate<MetadataResponse>(c, 9), 9), first);
}

TEST(Generator, FieldsThatTheVersionLacksKeepTheirDefaults) {
  Random random(1);
  for (int i = 0; i < kTries; ++i) {
    const auto request = generate<FetchRequest>(random, 6);
    ASSERT_EQ(request.session_id, 0);
    ASSERT_EQ(request.rack_id, "");
    ASSERT_THAT(request.unknown_tagged_fields, testing::IsEmpty());
  }
}

TEST(Generator, NullOnlyWhereTheVersionHasIt) {
  Random random(1);
  int nulls = 0;
  for (int i = 0; i < kTries; ++i) {
    ASSERT_TRUE(generate<OffsetFetchRequest>(random, 1).topics.has_value());
    if (!generate<OffsetFetchRequest>(random, 2).topics.has_value()) ++nulls;
  }
  EXPECT_GT(nulls, kTries / 8);
  EXPECT_LT(nulls, kTries / 2);
}

// Each kind of value takes the forms that matter, sooner or later.
TEST(Generator, ValuesAreVaried) {
  Random random(1);
  std::set<std::size_t> counts;
  std::set<std::int32_t> throttles;
  std::set<std::uint32_t> tags;
  bool beyond_ascii = false;
  bool not_a_number = false;
  for (int i = 0; i < kTries; ++i) {
    const auto response = generate<DescribeClientQuotasResponse>(random, 1);
    throttles.insert(response.throttle_time_ms);
    for (const TaggedField& field : response.unknown_tagged_fields) tags.insert(field.tag);
    if (!response.entries.has_value()) continue;
    counts.insert(response.entries->size());
    for (const auto& entry : *response.entries) {
      for (const auto& quota : entry.values) {
        beyond_ascii |= std::ranges::any_of(quota.key, [](char c) { return c < 0; });
        not_a_number |= quota.value != quota.value;
      }
    }
  }
  EXPECT_THAT(counts, testing::ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(throttles, testing::IsSupersetOf({0, -1, std::numeric_limits<std::int32_t>::min(),
                                                std::numeric_limits<std::int32_t>::max()}));
  EXPECT_THAT(tags, testing::ElementsAre(0, 1, 31, 32, 128, 20000, 0x7FFFFFFF));
  EXPECT_TRUE(beyond_ascii);
  EXPECT_TRUE(not_a_number);
}

TEST(Generator, RecordsComeInSlicesOrAreEmptyOrNull) {
  Random random(1);
  std::set<int> slices;
  for (int i = 0; i < kTries; ++i) {
    for (const auto& topic : generate<FetchResponse>(random, 12).responses) {
      for (const auto& partition : topic.partitions) {
        const auto& records = partition.records;
        slices.insert(records.has_value() ? static_cast<int>(records->slices().size()) : -1);
      }
    }
  }
  EXPECT_THAT(slices, testing::ElementsAre(-1, 0, 1, 2, 3));
}

}  // namespace
}  // namespace kmirror::protocol
