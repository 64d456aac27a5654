#include "mirror/config/known_keys.h"

#include <gtest/gtest.h>

#include <set>

namespace kmirror::mirror {
namespace {

std::vector<KnownKey> all_of(std::vector<std::span<const KnownKey>> parts) {
  std::vector<KnownKey> all;
  for (std::span<const KnownKey> part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(KnownKeys, StandOncePerSetAndOwnKeysClashWithNone) {
  for (std::span<const KnownKey> side : {consumer_only_keys(), producer_only_keys()}) {
    std::set<std::string_view> names;
    for (const KnownKey& key : all_of({own_keys(), common_client_keys(), security_keys(), side})) {
      EXPECT_TRUE(names.insert(key.name).second) << key.name;
    }
  }
}

TEST(KnownKeys, EachPartIsSorted) {
  for (std::span<const KnownKey> part : {own_keys(), common_client_keys(), security_keys(),
                                         consumer_only_keys(), producer_only_keys()}) {
    EXPECT_TRUE(std::ranges::is_sorted(part, {}, &KnownKey::name));
  }
}

TEST(KnownKeys, ComplaintsHaveReasonsAndHarmlessValuesObeyTheRule) {
  for (const KnownKey& key : all_of({own_keys(), common_client_keys(), security_keys(),
                                     consumer_only_keys(), producer_only_keys()})) {
    bool complains = key.role == KeyRole::kNotFollowed || key.role == KeyRole::kRefused;
    EXPECT_EQ(complains, !key.note.empty()) << key.name;
    if (key.rule.kind == ValueRule::Kind::kOneOf) {
      EXPECT_TRUE(names_contain(key.rule.names, key.harmless.substr(0, key.harmless.find(','))) ||
                  key.harmless.empty())
          << key.name;
    }
  }
}

TEST(KnownKeys, SidesAreToldApart) {
  EXPECT_NE(find_known_key(KeySet::kConsumer, "group.id"), nullptr);
  EXPECT_EQ(find_known_key(KeySet::kProducer, "group.id"), nullptr);
  EXPECT_NE(find_known_key(KeySet::kProducer, "acks"), nullptr);
  EXPECT_EQ(find_known_key(KeySet::kConsumer, "acks"), nullptr);
  EXPECT_NE(find_known_key(KeySet::kConsumer, "sasl.mechanism"), nullptr);
  EXPECT_NE(find_known_key(KeySet::kProducer, "bootstrap.servers"), nullptr);
  EXPECT_NE(find_known_key(KeySet::kOwn, "threads"), nullptr);
  EXPECT_EQ(find_known_key(KeySet::kOwn, "bootstrap.servers"), nullptr);
}

TEST(KnownKeys, NearestIsFewestEditsAwayButNotFar) {
  struct Case {
    KeySet set;
    std::string_view name, nearest;
  };
  const Case cases[] = {
      {KeySet::kConsumer, "bootstrap.server", "bootstrap.servers"},
      {KeySet::kConsumer, "group_id", "group.id"},
      {KeySet::kConsumer, "fetch.min.byte", "fetch.min.bytes"},
      {KeySet::kConsumer, "secruity.protocol", "security.protocol"},
      {KeySet::kConsumer, "zookeper.connect", "zookeeper.connect"},
      {KeySet::kProducer, "compresion.type", "compression.type"},
      {KeySet::kProducer, "partitionning", "partitioning"},
      {KeySet::kOwn, "topic-prefix", "topic.prefix"},
      {KeySet::kOwn, "bootstrap.server", ""},
      {KeySet::kConsumer, "foo", ""},
      {KeySet::kConsumer, "", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(nearest_known_key(c.set, c.name), c.nearest) << c.name;
}

}  // namespace
}  // namespace kmirror::mirror
