// For tests of the group APIs: requests as consumers send them, to a cluster that nobody else talks
// to. One object a test.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "broker/groups.h"
#include "broker/testing/quiet_cluster.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/join_group.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/sync_group.h"

namespace kmirror::broker {

class GroupsFixture : public QuietCluster {
 protected:
  using QuietCluster::QuietCluster;

  static protocol::JoinGroupRequest join_request(std::string_view member_id = "");

  static protocol::SyncGroupRequest sync_request(std::string_view member_id, int generation);

  // A member of the first generation of "g".
  std::string make_member();

  protocol::ErrorCode heartbeat(std::string_view member_id, int generation);

  static protocol::OffsetCommitRequest commit_request(std::string_view member_id = "",
                                                      int generation = -1, std::int64_t offset = 5);

  protocol::ErrorCode commit(const protocol::OffsetCommitRequest& request, int version = 9);

  protocol::OffsetFetchResponse::Partition fetch(bool require_stable = false);

  std::shared_ptr<Asked<protocol::OffsetFetchRequest>>
      last_fetch_;  // what fetch() returned refers to it
};

}  // namespace kmirror::broker
