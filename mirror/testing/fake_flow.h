// For tests: a cluster of scripted brokers with a source topic "orders" and a destination topic
// "copy", which one shard mirrors in virtual time. Source partitions are led by broker 1, those of
// the destination by broker 2. Used on one executor; outlives the shard.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mirror/config/mirror_config.h"
#include "mirror/testing/batches.h"
#include "mirror/testing/idempotent_log.h"
#include "net/testing/fake_cluster.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/produce.h"

namespace kmirror::mirror {

class FakeFlow {
 public:
  explicit FakeFlow(net::VirtualRuntime& runtime);
  ~FakeFlow();

  net::FakeCluster cluster;
  MirrorConfig config;

  std::map<std::int32_t, std::vector<Buffer>> source;     // batches by partition
  std::map<std::int32_t, std::vector<std::string>> copy;  // values by partition
  std::map<std::int32_t, std::vector<Buffer>> log;        // of the copy, batches by partition
  std::map<std::int32_t, IdempotentLog> producers;        // by partition of the copy
  std::map<std::int32_t, std::int64_t> committed;
  protocol::ErrorCode commit_error = protocol::ErrorCode::kNone;
  bool answers_commits = true;
  int fetches = 0;          // of the source
  int tail_fetches = 0;     // of the copy
  int start_questions = 0;  // for where its log begins
  protocol::ErrorCode tail_error = protocol::ErrorCode::kNone;
  std::int32_t endless_tail = -1;  // a partition that fills answers if it comes first, for ever

  // Of the source's broker: whether it keeps a fetch session, what it reads for that, and how many
  // partitions were named to it. A partition without records is no news.
  bool keeps_sessions = false;
  bool evicts_session = false;  // before the next request
  std::map<std::int32_t, protocol::FetchRequest::Partition> session;
  std::size_t named = 0;

  std::int64_t log_start = 0;                                    // of the source's partitions
  std::int64_t copy_start = 0;                                   // of the copy's
  protocol::ErrorCode fetch_error = protocol::ErrorCode::kNone;  // of every partition
  Duration produce_time{};     // that the destination takes for a request
  Duration source_distance{};  // that an answer of the source's takes at least
  // What a produced batch is answered with instead of being looked at.
  std::function<protocol::ErrorCode(std::int32_t partition, const protocol::BatchView&)> refusal;
  // Called with each request to produce; may hang up, and move leaders.
  std::function<void()> on_produce;

  // Batches of `records` records each, with their offsets as values.
  void fill(std::int32_t partition, int batches, int records);

  // The values that `fill` left to be found in the copy.
  static std::vector<std::string> numbers(std::int64_t first, std::int64_t end);

 private:
  template <class Request, class Answer>
  void on(Answer answer) {
    cluster.on<Request>([this, answer](const auto& request, auto version, auto& response) {
      answer_after(Duration());
      answer(request, version, response);
      return true;
    });
  }

  void answer_after(Duration delay);

  void script_reading();
  // False where the answer is that there is no such session.
  bool in_session(const protocol::FetchRequest& request, protocol::FetchResponse& response);

  // The first partition that has records gives one batch whatever its size (KIP-74).
  static constexpr std::int64_t kAnySize = std::numeric_limits<std::int64_t>::max();

  protocol::FetchResponse::Partition read(const protocol::FetchRequest::Partition& wanted,
                                          std::int64_t room);

  void script_writing();

  protocol::ErrorCode store(std::int32_t partition, ConstBytes bytes);

  std::int64_t stored_at(std::int32_t partition, ConstBytes bytes);

  // What the copy's broker answers about its log, all of which is replicated.
  void read_tails(const protocol::FetchRequest& request, protocol::FetchResponse& response);

  void script_progress();

  std::map<std::int32_t, Buffer> chunks_;  // of the answer being made
  std::int32_t session_epoch_ = 0;         // that the next request has
};

}  // namespace kmirror::mirror
