#include "broker/topic_config.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kmirror::broker {
namespace {

using Source = TopicConfig::Source;

constexpr Release kNew{4, 1};
constexpr Release kOld{2, 4};

TopicConfig::Entry entry_of(const TopicConfig& config, std::string_view name) {
  for (TopicConfig::Entry& entry : config.entries()) {
    if (entry.key.name == name) return entry;
  }
  ADD_FAILURE() << "there is no " << name;
  return {};
}

struct ValueCase {
  std::string_view name;
  std::string_view text;
  std::optional<std::string> value;
};

TEST(TopicKeys, TakeWhatKafkaTakes) {
  const ValueCase cases[] = {
      {"retention.ms", " 5 ", "5"},
      {"retention.ms", "-1", "-1"},
      {"retention.ms", "-2", std::nullopt},
      {"retention.ms", "1h", std::nullopt},
      {"retention.ms", "", std::nullopt},
      {"max.message.bytes", "2147483647", "2147483647"},
      {"max.message.bytes", "2147483648", std::nullopt},
      {"cleanup.policy", "compact, delete", "compact,delete"},
      {"cleanup.policy", "shred", std::nullopt},
      {"compression.type", "zstd", "zstd"},
      {"compression.type", "ZSTD", std::nullopt},
      {"compression.gzip.level", "0", std::nullopt},
      {"compression.gzip.level", "-1", "-1"},
      {"min.cleanable.dirty.ratio", "0.25", "0.25"},
      {"min.cleanable.dirty.ratio", "1.5", std::nullopt},
      {"preallocate", "TRUE", "true"},
      {"preallocate", "yes", std::nullopt},
      {"segment.bytes", "1048575", std::nullopt},
  };
  for (const ValueCase& one : cases) {
    const auto key = find_topic_key(kNew, one.name);
    ASSERT_TRUE(key) << one.name;
    EXPECT_EQ(parse_value(*key, one.text), one.value) << one.name << "=" << one.text;
  }
}

TEST(TopicKeys, AreThoseOfTheRelease) {
  EXPECT_FALSE(find_topic_key(kOld, "message.timestamp.after.max.ms"));
  EXPECT_FALSE(find_topic_key(kNew, "message.format.version"));
  EXPECT_EQ(find_topic_key(kOld, "max.message.bytes")->value, "1000012");
  EXPECT_EQ(find_topic_key(kNew, "max.message.bytes")->value, "1048588");
}

TEST(TopicKeys, AreOneOfEachNameInOrder) {
  for (const Release& release : {Release{0, 11}, kOld, Release{3, 9}, kNew}) {
    const auto keys = topic_keys(release);
    EXPECT_TRUE(std::ranges::is_sorted(keys, {}, &TopicKey::name) &&
                std::ranges::adjacent_find(keys, {}, &TopicKey::name) == keys.end());
    for (const TopicKey& key : keys) EXPECT_EQ(parse_value(key, key.value), key.value) << key.name;
  }
}

TEST(TopicConfigs, ActOnWhatIsSet) {
  const TopicConfig config(kNew, {{"retention.ms", "1000"}},
                           {{"cleanup.policy", "compact"}, {"max.message.bytes", "77"}});
  EXPECT_TRUE(config.values().compacts);
  EXPECT_FALSE(config.values().deletes);
  EXPECT_EQ(config.values().max_message_bytes, 77);
  EXPECT_EQ(config.values().retention_ms, 1000);
  EXPECT_EQ(config.values().timestamp_after_max_ms, 3'600'000);
  EXPECT_FALSE(config.values().codec);
}

TEST(TopicConfigs, TellWhereAValueComesFrom) {
  const TopicConfig config(kNew, {{"retention.ms", "1000"}}, {{"retention.ms", "5"}});
  const auto own = entry_of(config, "retention.ms");
  EXPECT_EQ(own.value, "5");
  EXPECT_EQ(own.source, Source::kTopic);
  ASSERT_EQ(own.synonyms.size(), 2u);
  EXPECT_EQ(own.synonyms[1].name, "log.retention.ms");
  EXPECT_EQ(own.synonyms[1].value, "1000");
  EXPECT_EQ(own.synonyms[1].source, Source::kStaticBroker);
  const auto untouched = entry_of(config, "segment.bytes");
  EXPECT_EQ(untouched.value, "1073741824");
  EXPECT_EQ(untouched.source, Source::kDefault);
  ASSERT_EQ(untouched.synonyms.size(), 1u);
  EXPECT_EQ(untouched.synonyms[0].name, "log.segment.bytes");
  EXPECT_EQ(entry_of(config, "min.insync.replicas").source, Source::kAllBrokers);
}

TEST(TopicConfigs, HaveTheirProblems) {
  EXPECT_FALSE(find_config_problem(kNew, {{"retention.ms", "5"}}));
  EXPECT_TRUE(find_config_problem(kNew, {{"retention.ms", "five"}}));
  EXPECT_TRUE(find_config_problem(kNew, {{"retention", "5"}}));
  EXPECT_TRUE(find_config_problem(kOld, {{"local.retention.ms", "5"}}));
  EXPECT_TRUE(
      find_config_problem(kNew, {{"min.compaction.lag.ms", "6"}, {"max.compaction.lag.ms", "5"}}));
}

}  // namespace
}  // namespace kmirror::broker
