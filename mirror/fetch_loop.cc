#include "mirror/fetch_loop.h"

#include <fmt/core.h>

#include <algorithm>

#include "net/admin.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

// From this version on topics are named by their ids alone (KIP-516).
constexpr std::int16_t kFirstTopicIdVersion = 13;

// How long a broker may wait for records of quiet lanes while others, which have more to read, wait
// only for room: they join the next request. It doubles while neither records nor room come, so
// that a lane waits for its next request at most about as long as it was stuck before.
constexpr std::chrono::milliseconds kShortWait{10};

}  // namespace

FetchLoop::FetchLoop(Shard& shard, std::int32_t broker)
    : shard_(shard),
      broker_(broker),
      random_(shard.runtime().random().split(fmt::format("fetch from {}", broker))),
      wakeup_(shard.runtime()),
      back_off_(shard.source().make_reconnect_back_off()),
      short_wait_(kShortWait) {}

Awaitable<void> FetchLoop::run() {
  while (!shard_.closing()) {
    Plan plan = make_plan();
    if (plan.slots.empty()) {
      co_await wakeup_.wait(next_retry());
      continue;
    }
    Result<void> done = co_await connect();
    if (done) {
      // Others ran meanwhile: what was due may be so no longer.
      plan = make_plan();
      if (plan.slots.empty()) continue;
      done = co_await fetch(std::move(plan));
    }
    if (done) {
      back_off_.reset();
    } else if (shard_.fetching()) {
      co_await pause_after(done.error());
    }
  }
}

Awaitable<void> FetchLoop::pause_after(net::Failure failure) {
  shard_.source().report_outage(broker_, failure);
  shard_.source().request_refresh();
  for (auto& [where, slot] : shard_.slots()) {
    const auto leader = shard_.source().metadata().leader_of(where.topic, where.partition);
    if (leader < 0 || leader == broker_) slot->refusal.on_leaderless();
  }
  net::Wakeup pause(shard_.runtime());
  co_await pause.wait(shard_.runtime().now() + back_off_.next(random_));
}

std::vector<Slot*> FetchLoop::due_slots() {
  std::vector<Slot*> due;
  if (!shard_.fetching()) return due;
  const TimePoint now = shard_.runtime().now();
  for (auto& [where, slot] : shard_.slots()) {
    if (slot->fetching || now < slot->retry_at || !slot->lane.wants_fetch()) continue;
    if (shard_.source().metadata().leader_of(where.topic, where.partition) != broker_) continue;
    if (!due.empty() && shard_.runtime().buggify("partition left out of a fetch")) continue;
    due.push_back(slot.get());
  }
  return due;
}

// The broker fills a response from its first partitions on, so each request begins with another.
FetchLoop::Plan FetchLoop::make_plan() {
  Plan plan;
  plan.bytes = std::min<std::size_t>(shard_.budget().fetch_bytes(shard_.fetch_loops()),
                                     shard_.config().source.fetch_max_bytes);
  if (plan.bytes == 0) return plan;
  plan.slots = due_slots();
  if (plan.slots.empty()) return plan;
  const auto first =
      plan.slots.begin() + static_cast<std::ptrdiff_t>(rotation_ % plan.slots.size());
  std::rotate(plan.slots.begin(), first, plan.slots.end());
  for (const Slot* slot : plan.slots) plan.topic_ids &= !slot->topic_id.is_zero();
  return plan;
}

bool FetchLoop::waits_for_room() const {
  return std::any_of(shard_.slots().begin(), shard_.slots().end(), [&](const auto& entry) {
    const auto& [where, slot] = entry;
    return slot->lane.waits_for_room() &&
           shard_.source().metadata().leader_of(where.topic, where.partition) == broker_;
  });
}

TimePoint FetchLoop::next_retry() const {
  TimePoint next = kNever;
  const TimePoint now = shard_.runtime().now();
  for (const auto& [where, slot] : shard_.slots()) {
    if (slot->retry_at > now) next = std::min(next, slot->retry_at);
  }
  return next;
}

FetchRequest FetchLoop::make_request(const Plan& plan, Duration max_wait) const {
  const SourceConfig& config = shard_.config().source;
  FetchRequest request;
  request.max_wait_ms = static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(max_wait).count());
  request.min_bytes = config.fetch_min_bytes;
  request.max_bytes = static_cast<std::int32_t>(plan.bytes);
  if (shard_.runtime().buggify("fetch of one byte")) request.max_bytes = 1;
  request.isolation_level = config.read_committed ? 1 : 0;
  for (const Slot* slot : plan.slots) {
    const Lane::Settings& lane = slot->lane.settings();
    if (request.topics.empty() || request.topics.back().topic != lane.topic) {
      request.topics.push_back({.topic = lane.topic, .topic_id = slot->topic_id});
    }
    const auto* info = shard_.source().metadata().find(lane.topic, lane.partition);
    request.topics.back().partitions.push_back(
        {.partition = lane.partition,
         .current_leader_epoch = info == nullptr ? -1 : info->leader_epoch,
         .fetch_offset = slot->lane.fetch_offset(),
         .partition_max_bytes = config.max_partition_fetch_bytes});
  }
  return request;
}

Awaitable<Result<void>> FetchLoop::connect() {
  if (connection_ && shard_.runtime().buggify("fetch connection closed")) {
    connection_->close("for nothing");
  }
  if (connection_ && connection_->is_open()) co_return Result<void>();
  Result<net::Cluster::ConnectionPtr> dialled = co_await shard_.source().dial(broker_);
  if (!dialled) co_return dialled.error();
  connection_ = dialled.value();
  co_return Result<void>();
}

Awaitable<Result<void>> FetchLoop::fetch(Plan plan) {
  const Duration longest = shard_.config().source.fetch_max_wait;
  const bool crowded = waits_for_room();
  const FetchRequest request =
      make_request(plan, crowded ? std::min(short_wait_, longest) : longest);
  ++rotation_;
  for (Slot* slot : plan.slots) slot->fetching = true;
  shard_.budget().begin_fetch(plan.bytes);
  const net::CallOptions options{
      .deadline = shard_.source().call_deadline() + longest,
      .version_max = plan.topic_ids ? FetchRequest::kApi.versions.max
                                    : static_cast<std::int16_t>(kFirstTopicIdVersion - 1)};
  Result<Response> response = co_await connection_->call(request, options);
  shard_.budget().end_fetch(plan.bytes);
  for (Slot* slot : plan.slots) slot->fetching = false;
  const bool wanted = !shard_.runtime().buggify("fetched data thrown away");
  if (response && shard_.fetching() && wanted) {
    const bool brought = on_response(plan, response.value());
    short_wait_ = crowded && !brought ? std::min(2 * short_wait_, longest) : Duration(kShortWait);
    response = Response{};  // The frame is held by what was taken from it alone.
    for (Slot* slot : plan.slots) shard_.pump(*slot);
  } else if (!response && response.error().kind == net::FailureKind::kUnsupported) {
    for (Slot* slot : plan.slots) {
      shard_.stop_lane(*slot, slot->lane.name() + ": " + response.error().text);
    }
  }
  if (!response) co_return response.error();
  co_return Result<void>();
}

bool FetchLoop::on_response(const Plan& plan, Response& response) {
  const ErrorCode code = response.message.error_code;
  if (code != ErrorCode::kNone) {
    for (Slot* slot : plan.slots) on_error(*slot, code);
    return false;
  }
  bool brought = false;
  std::vector<Slot*> awaited = plan.slots;  // A partition is answered for once.
  for (FetchResponse::Topic& topic : response.message.responses) {
    for (FetchResponse::Partition& partition : topic.partitions) {
      const auto slot = std::find_if(awaited.begin(), awaited.end(), [&](Slot* s) {
        return s != nullptr && s->lane.settings().partition == partition.partition_index &&
               (response.version >= kFirstTopicIdVersion ? s->topic_id == topic.topic_id
                                                         : s->lane.settings().topic == topic.topic);
      });
      if (slot == awaited.end()) continue;
      brought |= on_partition(*std::exchange(*slot, nullptr), response.frame, partition);
    }
  }
  return brought;
}

bool FetchLoop::on_partition(Slot& slot, net::SlabRef& frame, FetchResponse::Partition& partition) {
  if (partition.error_code != ErrorCode::kNone) {
    on_error(slot, partition.error_code);
    return false;
  }
  slot.back_off.reset();
  if (slot.refusal.on_accepted()) {
    shard_.runtime().log(net::LogLevel::kInfo, slot.lane.name() + " is read again");
  }
  const bool read_committed = shard_.config().source.read_committed;
  slot.lane.set_high_watermark(read_committed && partition.last_stable_offset >= 0
                                   ? partition.last_stable_offset
                                   : partition.high_watermark);
  if (!partition.records || partition.records->empty()) return false;
  std::vector<protocol::AbortedTransaction> aborted;
  if (read_committed && partition.aborted_transactions) {
    for (const auto& transaction : *partition.aborted_transactions) {
      aborted.push_back({transaction.producer_id, transaction.first_offset});
    }
  }
  slot.lane.on_fetched(frame, partition.records->bytes(), std::move(aborted));
  return true;
}

void FetchLoop::on_error(Slot& slot, ErrorCode code) {
  net::Runtime& runtime = shard_.runtime();
  slot.retry_at = runtime.now() + slot.back_off.next(random_);
  const std::string reason = fmt::format(
      "{}: offset {}: {} answers a fetch with {}: {}", slot.lane.name(), slot.lane.fetch_offset(),
      shard_.source().broker_name(broker_), error_name(code), error_sentence(code));
  if (code == ErrorCode::kOffsetOutOfRange) {
    slot.fetching = true;  // until the range is known
    shard_.spawn(find_range(&slot));
  } else if (code == ErrorCode::kUnknownTopicId || code == ErrorCode::kInconsistentTopicId ||
             refreshes_metadata(code)) {
    shard_.source().request_refresh();
  } else if (!is_retriable(code)) {
    shard_.stop_lane(slot, reason);
    return;
  }
  // What passes by itself within seconds, as a leader's move, is nobody's business.
  if (!slot.refusal.on_refused(shard_.runtime().now())) return;
  shard_.runtime().log(net::LogLevel::kWarning, reason + "; it is tried again and again");
}

// The position is outside the log: either retention was faster than the mirror, or the log is not
// the one that was read before. Only the first has an answer that loses nothing still there.
Awaitable<void> FetchLoop::find_range(Slot* slot) {
  const Lane::Settings& lane = slot->lane.settings();
  const std::vector<net::TopicPartition> where{{lane.topic, lane.partition}};
  const auto earliest =
      co_await net::list_offsets(shard_.source(), where, net::OffsetSpec::kEarliest, false);
  slot->fetching = false;
  wake();
  if (!earliest || earliest.value().empty() || !shard_.fetching()) co_return;
  const std::int64_t first = earliest.value().begin()->second.offset;
  const std::int64_t position = slot->lane.fetch_offset();
  if (position < first && shard_.config().source.auto_offset_reset != OffsetReset::kNone) {
    shard_.runtime().log(
        net::LogLevel::kWarning,
        fmt::format(
            "{}: offsets {} to {} are gone: the source's retention deleted them before they "
            "were mirrored; going on at {}",
            slot->lane.name(), position, first - 1, first));
    slot->lane.skip_to(first);
  } else {
    shard_.stop_lane(
        *slot, fmt::format("{}: offset {} is outside the source's log, which begins at {}: it "
                           "was truncated or created again, or auto.offset.reset is none",
                           slot->lane.name(), position, first));
  }
}

}  // namespace kmirror::mirror
