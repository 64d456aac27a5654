// Fetch, versions 4 to 18: reads batches as they are in the log, waits until there are enough of
// them, keeps sessions (KIP-227). From version 11 on followers answer, too, as far as they have the
// log and know of the high watermark (KIP-392). Left out: the versions below 4, which need
// conversion; fields for followers and tiered storage; a follower's log that begins elsewhere than
// the leader's.
#include <algorithm>
#include <list>

#include "broker/api/fetch_read.h"
#include "broker/api/handlers.h"
#include "broker/api/throttle.h"
#include "protocol/messages/fetch.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

namespace {

constexpr std::int32_t kMaxAnswerBytes = 55 << 20;  // fetch.max.bytes of brokers

// One look at all partitions that are asked for.
struct Look {
  std::vector<FetchResponse::Partition> answers;  // as the partitions that were asked for
  std::vector<protocol::NodeEndpoint> endpoints;
  std::size_t bytes = 0;
  bool has_news = false;  // something that is worth an answer at once
};

Look look_at(CallContext& call, const FetchRequest& request,
             const std::vector<FetchPartition>& partitions) {
  const auto room =
      static_cast<std::size_t>(std::clamp<std::int32_t>(request.max_bytes, 0, kMaxAnswerBytes));
  call.held.clear();  // of the look before
  FetchLimits limits{
      .isolation_level = request.isolation_level, .rack = request.rack_id, .bytes_left = room};
  Look look;
  look.answers.resize(partitions.size());
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    auto& answer = look.answers[i];
    read_partition(call, partitions[i], limits, answer, look.endpoints);
    if (answer.records) look.bytes += answer.records->size();
    look.has_news |= answer.error_code != ErrorCode::kNone || answer.diverging_epoch.epoch >= 0 ||
                     answer.preferred_read_replica >= 0;
  }
  return look;
}

// Looks again and again until there is enough, or it is late.
net::Awaitable<Look> wait_for(CallContext& call, const FetchRequest& request,
                              const std::vector<FetchPartition>& partitions) {
  net::Runtime& runtime = call.node.runtime();
  const TimePoint deadline = runtime.now() + std::chrono::milliseconds(request.max_wait_ms);
  net::Wakeup wakeup(runtime);
  std::list<Partition::Waiter> waiters;
  for (const FetchPartition& asked : partitions) {
    auto partition = partition_of(call, asked);
    if (partition) waiters.emplace_back(std::move(partition), wakeup);
  }
  const auto enough = static_cast<std::size_t>(std::max(request.min_bytes, 0));
  Look look = look_at(call, request, partitions);
  while (!look.has_news && look.bytes < enough && !partitions.empty()) {
    if (runtime.now() >= deadline) break;
    const bool runs = co_await call.node.wait(wakeup, deadline);
    if (!runs) break;
    look = look_at(call, request, partitions);
  }
  co_return look;
}

void add(const FetchPartition& asked, FetchResponse::Partition answer, CallContext& call,
         FetchResponse& response) {
  const bool same = !response.responses.empty() && response.responses.back().topic == asked.topic &&
                    response.responses.back().topic_id == asked.topic_id;
  if (!same) {
    auto& topic = response.responses.emplace_back();
    topic.topic = call.keep(asked.topic);
    topic.topic_id = asked.topic_id;
  }
  response.responses.back().partitions.push_back(std::move(answer));
}

bool has_records(const FetchResponse::Partition& answer) {
  return answer.records && !answer.records->empty();
}

// What a session's client is told; partitions with records go to the end of the line.
void answer_session(CallContext& call, FetchSessions::Session& session, bool is_incremental,
                    Look& look, FetchResponse& response) {
  response.session_id = session.id;
  std::vector<FetchPartition> rested;
  std::vector<FetchPartition> served;
  for (std::size_t i = 0; i < session.partitions.size(); ++i) {
    FetchPartition& asked = session.partitions[i];
    auto& answer = look.answers[i];
    const bool tell = !is_incremental || is_news(asked, answer);
    const bool failed = answer.error_code != ErrorCode::kNone || answer.diverging_epoch.epoch >= 0;
    asked.told_high_watermark = failed ? -1 : answer.high_watermark;
    asked.told_log_start = answer.log_start_offset;
    const bool is_served = has_records(answer);
    if (tell) add(asked, std::move(answer), call, response);
    (is_served ? served : rested).push_back(std::move(asked));
  }
  std::ranges::move(served, std::back_inserter(rested));
  session.partitions = std::move(rested);
}

}  // namespace

net::Awaitable<void> fetch(CallContext& call, const FetchRequest& request,
                           FetchResponse& response) {
  if (call.node.runtime().buggify("fetch session evicted")) {
    call.node.sessions.expire(request.session_id);  // Brokers do so to make room for larger ones.
  }
  FetchSessions::Context context = call.node.sessions.open(request, call.version);
  response.error_code = context.error;
  if (context.error != ErrorCode::kNone) co_return;
  const std::int32_t session_id = context.session == nullptr ? 0 : context.session->id;
  const std::int32_t session_epoch = context.session == nullptr ? 0 : context.session->next_epoch;
  // The session may be gone after the wait, or have answered another request.
  const std::vector<FetchPartition> partitions =
      context.session == nullptr ? context.partitions : context.session->partitions;
  throttle(call, response.throttle_time_ms);
  if (call.throttle_time_ms > 0) {
    response.session_id = session_id;
    co_return;
  }
  Look look = co_await wait_for(call, request, partitions);
  response.node_endpoints = std::move(look.endpoints);
  FetchSessions::Session* const session = call.node.sessions.find(session_id);
  if (session != nullptr && session->next_epoch == session_epoch) {
    answer_session(call, *session, context.is_incremental, look, response);
    co_return;
  }
  response.session_id = session_id;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    add(partitions[i], std::move(look.answers[i]), call, response);
  }
}

}  // namespace kmirror::broker
