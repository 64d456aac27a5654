#include "mirror/config/check_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kmirror::mirror {
namespace {

using testing::ElementsAre;

struct Outcome {
  std::string error;
  std::vector<std::string> warnings, without_effect;
};

Outcome check(std::string_view text, KeySet set) {
  ConfigResult<Properties> properties = parse_properties(text, "f");
  Outcome outcome;
  auto error = check_keys(*properties, set, outcome.warnings, outcome.without_effect);
  if (error) outcome.error = error->text;
  return outcome;
}

TEST(CheckKeys, GoodKeysPassInSilence) {
  Outcome outcome = check(
      "bootstrap.servers=h:1\ngroup.id=g\nenable.auto.commit=false\nsecurity.protocol=plaintext\n"
      "interceptor.classes=\npartitioning=key\ndelivery=at-least-once\nisolation.level = "
      "read_committed ",
      KeySet::kConsumer);
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(outcome.warnings, ElementsAre());
  EXPECT_THAT(outcome.without_effect, ElementsAre());
}

TEST(CheckKeys, NamesWhatHasNoEffect) {
  Outcome outcome = check("\nlinger.ms=5", KeySet::kProducer);
  EXPECT_THAT(outcome.without_effect, ElementsAre("linger.ms (f:2)"));
  EXPECT_THAT(outcome.warnings, ElementsAre());
}

TEST(CheckKeys, WarnsOnce) {
  struct Case {
    KeySet set;
    std::string_view text, warning;
  };
  const Case cases[] = {
      {KeySet::kConsumer, "fetch.min.byte=1",
       "f:1: fetch.min.byte is not a known key and has no effect; the nearest one is "
       "fetch.min.bytes."},
      {KeySet::kConsumer, "foo=1", "f:1: foo is not a known key and has no effect."},
      {KeySet::kConsumer, "acks=all", "f:1: acks is a key of the producer and has no effect here."},
      {KeySet::kProducer, "group.id=g",
       "f:1: group.id is a key of the consumer and has no effect here."},
      {KeySet::kConsumer, "enable.auto.commit=true",
       "f:1: enable.auto.commit=true is not followed: progress is committed only after the "
       "destination has acknowledged."},
      {KeySet::kProducer, "acks=1",
       "f:1: acks=1 is not followed: the mirror waits for all in-sync replicas, so that nothing "
       "acknowledged is lost."},
      {KeySet::kProducer, "ssl.keystore.password=secret",
       "f:1: ssl.keystore.password has no effect, because security.protocol is PLAINTEXT."},
  };
  for (const Case& c : cases) {
    Outcome outcome = check(c.text, c.set);
    EXPECT_EQ(outcome.error, "");
    EXPECT_THAT(outcome.warnings, ElementsAre(c.warning));
  }
}

TEST(CheckKeys, RefusesWrongValuesAndWhatItCannotHonour) {
  struct Case {
    KeySet set;
    std::string_view text, error;
  };
  const Case cases[] = {
      {KeySet::kConsumer, "group.id=g\n\nfetch.min.bytes=many",
       "f:3: fetch.min.bytes=many is wrong: it must be a whole number from 0 to 2147483647."},
      {KeySet::kConsumer, "isolation.level=committed",
       "f:1: isolation.level=committed is wrong: it must be read_committed or read_uncommitted."},
      {KeySet::kProducer, "linger.ms=soon",
       "f:1: linger.ms=soon is wrong: it must be a whole number of at least 0."},
      {KeySet::kProducer, "partitioning=hash",
       "f:1: partitioning=hash is wrong: it must be auto, identity or key."},
      {KeySet::kConsumer, "security.protocol=SSL",
       "f:1: security.protocol=SSL is refused: TLS and SASL are not implemented yet, and the "
       "mirror never falls back to plaintext."},
      {KeySet::kProducer, "security.protocol=SASL_PLAINTEXT",
       "f:1: security.protocol=SASL_PLAINTEXT is refused: TLS and SASL are not implemented yet, "
       "and the mirror never falls back to plaintext."},
      {KeySet::kProducer, "security.protocol=TLS",
       "f:1: security.protocol=TLS is wrong: it must be PLAINTEXT, SSL, SASL_PLAINTEXT or "
       "SASL_SSL."},
      {KeySet::kProducer, "security.protocol=",
       "f:1: security.protocol= is wrong: it must be PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."},
      {KeySet::kProducer, "transactional.id=t",
       "f:1: transactional.id=t is refused: the mirror does not produce in transactions yet."},
      {KeySet::kProducer, "partitioner.class=com.example.P",
       "f:1: partitioner.class=com.example.P is refused: use partitioning=auto, identity or key "
       "instead."},
      {KeySet::kConsumer, "interceptor.classes=com.example.I",
       "f:1: interceptor.classes=com.example.I is refused: Java classes cannot be loaded here."},
      {KeySet::kConsumer, "delivery=exactly-once",
       "f:1: delivery=exactly-once is refused: exactly-once is not implemented yet."},
  };
  for (const Case& c : cases) EXPECT_EQ(check(c.text, c.set).error, c.error);
}

}  // namespace
}  // namespace kmirror::mirror
