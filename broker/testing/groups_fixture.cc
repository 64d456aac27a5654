#include "broker/testing/groups_fixture.h"

namespace kmirror::broker {

protocol::JoinGroupRequest GroupsFixture::join_request(std::string_view member_id) {
  static const Buffer metadata = {1};
  return {.group_id = "g",
          .session_timeout_ms = 10'000,
          .rebalance_timeout_ms = 60'000,
          .member_id = member_id,
          .group_instance_id = {},
          .protocol_type = "consumer",
          .protocols = {{.name = "range", .metadata = metadata}},
          .reason = {}};
}

protocol::SyncGroupRequest GroupsFixture::sync_request(std::string_view member_id, int generation) {
  return {.group_id = "g",
          .generation_id = generation,
          .member_id = member_id,
          .group_instance_id = {},
          .protocol_type = "consumer",
          .protocol_name = "range",
          .assignments = {}};
}

std::string GroupsFixture::make_member() {
  std::string id(ask(join_request(), 9)->response.member_id);
  EXPECT_EQ((*ask(join_request(id), 9))->generation_id, 1);
  EXPECT_EQ((*ask(sync_request(id, 1), 5))->error_code, protocol::ErrorCode::kNone);
  return id;
}

protocol::ErrorCode GroupsFixture::heartbeat(std::string_view member_id, int generation) {
  return ask(protocol::HeartbeatRequest{.group_id = "g",
                                        .generation_id = generation,
                                        .member_id = member_id,
                                        .group_instance_id = {}},
             4)
      ->response.error_code;
}

protocol::OffsetCommitRequest GroupsFixture::commit_request(std::string_view member_id,
                                                            int generation, std::int64_t offset) {
  protocol::OffsetCommitRequest request{.group_id = "g",
                                        .generation_id_or_member_epoch = generation,
                                        .member_id = member_id,
                                        .group_instance_id = {},
                                        .topics = {}};
  request.topics.push_back({.name = "t", .partitions = {}});
  request.topics[0].partitions.push_back({.partition_index = 0,
                                          .committed_offset = offset,
                                          .committed_leader_epoch = 3,
                                          .committed_metadata = "note"});
  return request;
}

protocol::ErrorCode GroupsFixture::commit(const protocol::OffsetCommitRequest& request,
                                          int version) {
  return ask(request, version)->response.topics.at(0).partitions.at(0).error_code;
}

protocol::OffsetFetchResponse::Partition GroupsFixture::fetch(bool require_stable) {
  protocol::OffsetFetchRequest request{
      .topics = {}, .groups = {}, .require_stable = require_stable};
  request.groups.push_back({.group_id = "g", .member_id = {}});
  request.groups[0].topics->push_back({.name = "t", .partition_indexes = {0}});
  last_fetch_ = ask(request, 9);
  return last_fetch_->response.groups.at(0).topics.at(0).partitions.at(0);
}

}  // namespace kmirror::broker
