#include "protocol/wire/diff.h"

#include <gmock/gmock.h>

#include "protocol/messages/alter_user_scram_credentials.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"

namespace kmirror::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Diff, NamesPathAndValues) {
  MetadataResponse a;
  a.topics.emplace_back().partitions.resize(2);
  MetadataResponse b = a;
  EXPECT_THAT(diff(a, b, 0), IsEmpty());
  b.topics[0].name = "t";
  b.topics[0].partitions[1].error_code = ErrorCode::kNotLeaderOrFollower;
  EXPECT_THAT(diff(a, b, 0),
              ElementsAre(R"(topics[0].name: "", "t")",
                          "topics[0].partitions[1].errorCode: NONE, NOT_LEADER_OR_FOLLOWER"));
}

TEST(Diff, FieldsThatTheVersionLacksDoNotCount) {
  FetchRequest a;
  FetchRequest b;
  b.session_id = 3;
  EXPECT_THAT(diff(a, b, 6), IsEmpty());
  EXPECT_THAT(diff(a, b, 7), ElementsAre("sessionId: 0, 3"));
}

TEST(Diff, ArraysOfOtherLengthsAndNull) {
  MetadataRequest a;
  a.topics->resize(1);
  MetadataRequest b;
  b.topics->resize(2);
  b.topics->front().name = "t";
  EXPECT_THAT(diff(a, b, 1),
              ElementsAre("topics: 1 elements, 2 elements", R"(topics[0].name: "", "t")"));
  b.topics.reset();
  EXPECT_THAT(diff(a, b, 1), ElementsAre(R"(topics: [{name=""}], null)"));
}

TEST(Diff, RecordsSlicedInOtherPlacesAreTheSame) {
  const Buffer bytes = {1, 2, 3};
  const Buffer other = {1, 2, 4};
  FetchResponse a;
  a.responses.emplace_back().partitions.emplace_back().records = RecordsView(bytes);
  FetchResponse b = a;
  RecordsView& records = *b.responses[0].partitions[0].records;
  records = RecordsView(ConstBytes(bytes).first(1));
  records.append(ConstBytes(bytes).subspan(1));
  EXPECT_THAT(diff(a, b, 12), IsEmpty());
  records = RecordsView(other);
  EXPECT_THAT(diff(a, b, 12), ElementsAre("responses[0].partitions[0].records: 3 bytes, 3 bytes"));
}

TEST(Diff, UnknownTaggedFieldsAndSecrets) {
  AlterUserScramCredentialsRequest a;
  a.upsertions.emplace_back().salt = as_bytes("salt");
  AlterUserScramCredentialsRequest b;
  b.upsertions.emplace_back().salt = as_bytes("pepper");
  b.upsertions[0].unknown_tagged_fields.push_back({7, as_bytes("tag")});
  EXPECT_THAT(diff(a, b, 0), ElementsAre("upsertions[0].salt: ***, ***",
                                         "upsertions[0].unknownTaggedFields: , tag7=3 bytes"));
}

}  // namespace
}  // namespace kmirror::protocol
