#include "mirror/tail_loop.h"

#include <fmt/core.h>

#include "mirror/parts.h"
#include "net/admin.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

// Of all partitions together.
constexpr std::int32_t kBytesMax = 1 << 20;

// From version 11 on followers answer too, whose logs may end sooner (KIP-392).
constexpr std::int16_t kVersionMax = 10;

}  // namespace

TailLoop::TailLoop(Shard& shard, std::int32_t broker)
    : shard_(shard),
      broker_(broker),
      random_(shard.runtime().random().split(fmt::format("tails from {}", broker))),
      wakeup_(shard.runtime()),
      back_off_(shard.destination().make_reconnect_back_off()) {}

void TailLoop::add(Target& target) {
  if (std::exchange(target.tail_loop, this) == this) return;
  waiting_.push_back(&target);
  wake();
}

Awaitable<void> TailLoop::run() {
  while (!shard_.closing()) {
    std::vector<Asked> asked = take_questions();
    if (asked.empty()) {
      co_await wakeup_.wait();
      continue;
    }
    in_vain_ = false;
    Result<void> done = co_await connect();
    if (done) done = co_await ask(asked);
    if (done) done = co_await ask_for_starts(asked);
    if (!done) shard_.on_destination_outage(broker_, done.error());
    finish(asked);
    if (done && !in_vain_) {
      back_off_.reset();
    } else {
      net::Wakeup pause(shard_.runtime());
      co_await pause.wait(shard_.runtime().now() + back_off_.next(random_));
    }
  }
}

void TailLoop::finish(std::vector<Asked>& asked) {
  for (const Asked& one : asked) {
    Target& target = *one.target;
    if (!one.answered) {
      target.window.on_tail_lost(one.question, shard_.runtime().now(), random_);
    }
    if (is_mine(target)) target.tail_loop = nullptr;
    shard_.take_acknowledged(target);
    shard_.look_at(target);
  }
  shard_.on_room();
}

// A partition whose leader went away and came back may be in the line twice.
std::vector<TailLoop::Asked> TailLoop::take_questions() {
  std::vector<Asked> asked;
  for (Target* target : std::exchange(waiting_, {})) {
    if (!is_mine(*target)) continue;
    auto question = target->window.tail_to_read(shard_.runtime().now());
    if (!question) question = target->window.tail_to_try();
    if (question) {
      asked.push_back({target, *question});
    } else {
      target->tail_loop = nullptr;
    }
  }
  sort_parts(asked);
  const auto twice = std::ranges::unique(asked, {}, &Asked::target);
  asked.erase(twice.begin(), twice.end());
  return asked;
}

std::int32_t TailLoop::leader_epoch(const net::TopicPartition& where) const {
  const net::PartitionInfo* info =
      shard_.destination().metadata().find(where.topic, where.partition);
  return info == nullptr ? -1 : info->leader_epoch;
}

// Brokers fill an answer in the order of the request. So who comes first is drawn each time, or the
// last partitions would get nothing while the first ones have something to read.
FetchRequest TailLoop::make_request(const std::vector<Asked>& asked) {
  FetchRequest request;
  request.max_bytes = kBytesMax;
  std::vector<FetchRequest::Topic>& topics = request.topics;
  const std::size_t first = random_.below(asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Asked& one = asked[(first + i) % asked.size()];
    if (one.question.log_start) continue;
    const net::TopicPartition& where = one.target->where;
    // The one that was begun with may come again, for its first partitions.
    const bool begins_again = !topics.empty() && topics.front().topic == where.topic;
    if (!begins_again && (topics.empty() || topics.back().topic != where.topic)) {
      topics.push_back({.topic = where.topic});
    }
    FetchRequest::Topic& topic = begins_again ? topics.front() : topics.back();
    topic.partitions.push_back({.partition = where.partition,
                                .current_leader_epoch = leader_epoch(where),
                                .fetch_offset = one.question.offset,
                                .partition_max_bytes = one.question.bytes_max});
  }
  return request;
}

ListOffsetsRequest TailLoop::make_start_request(const std::vector<Asked>& asked) const {
  ListOffsetsRequest request{.replica_id = -1};
  request.timeout_ms =
      static_cast<std::int32_t>(shard_.config().destination.client.request_timeout.count());
  for (const Asked& one : asked) {
    if (!one.question.log_start) continue;
    const net::TopicPartition& where = one.target->where;
    if (request.topics.empty() || request.topics.back().name != where.topic) {
      request.topics.push_back({.name = where.topic});
    }
    request.topics.back().partitions.push_back(
        {.partition_index = where.partition,
         .current_leader_epoch = leader_epoch(where),
         .timestamp = static_cast<std::int64_t>(net::OffsetSpec::kEarliest)});
  }
  return request;
}

Awaitable<Result<void>> TailLoop::connect() {
  if (connection_ && connection_->is_open()) co_return Result<void>();
  Result<net::Cluster::ConnectionPtr> dialled = co_await shard_.destination().dial(broker_);
  if (!dialled) co_return dialled.error();
  connection_ = dialled.value();
  co_return Result<void>();
}

Awaitable<Result<void>> TailLoop::ask(std::vector<Asked>& asked) {
  const FetchRequest request = make_request(asked);
  if (request.topics.empty()) co_return Result<void>();
  const net::CallOptions options{.deadline = shard_.destination().call_deadline(),
                                 .version_max = kVersionMax};
  const auto reply = co_await connection_->call(request, options);
  if (!reply) co_return reply.error();
  for (const FetchResponse::Topic& topic : reply.value().message.responses) {
    for (const FetchResponse::Partition& answer : topic.partitions) {
      Asked* one = find_part(asked, topic.topic, answer.partition_index);
      if (one == nullptr || one->question.log_start || std::exchange(one->answered, true)) continue;
      on_answer(*one, answer);
    }
  }
  co_return Result<void>();
}

Awaitable<Result<void>> TailLoop::ask_for_starts(std::vector<Asked>& asked) {
  const ListOffsetsRequest request = make_start_request(asked);
  if (request.topics.empty()) co_return Result<void>();
  const net::CallOptions options{.deadline = shard_.destination().call_deadline()};
  const auto reply = co_await connection_->call(request, options);
  if (!reply) co_return reply.error();
  for (const ListOffsetsResponse::Topic& topic : reply.value().message.topics) {
    for (const ListOffsetsResponse::Partition& answer : topic.partitions) {
      Asked* one = find_part(asked, topic.name, answer.partition_index);
      if (one != nullptr && one->question.log_start && !one->answered) on_start(*one, answer);
    }
  }
  co_return Result<void>();
}

void TailLoop::on_start(Asked& one, const ListOffsetsResponse::Partition& answer) {
  one.answered = true;
  const TimePoint now = shard_.runtime().now();
  ProduceWindow& window = one.target->window;
  if (answer.error_code == ErrorCode::kNone) {
    tell_of_news(one, window.on_log_start(one.question, answer.offset, now, random_));
    return;
  }
  window.on_tail_lost(one.question, now, random_);
  note_error(answer.error_code);
  tell_if_stuck(one, answer.error_code);
}

void TailLoop::note_error(ErrorCode error) {
  if (!refreshes_metadata(error)) return;
  in_vain_ = true;
  shard_.destination().request_refresh();
}

void TailLoop::on_answer(const Asked& one, const FetchResponse::Partition& answer) {
  Target& target = *one.target;
  const TimePoint now = shard_.runtime().now();
  const auto news = target.window.on_tail(one.question, answer, now, random_);
  note_error(answer.error_code);
  tell_of_news(one, news);
  if (answer.error_code == ErrorCode::kTopicAuthorizationFailed) {
    const bool told = news != ProduceWindow::TailNews::kNone;
    if (told || std::exchange(told_refused_, true)) return;
    tell(target, fmt::format("may not be read (READ on the topic): no more than {} batches of it "
                             "are under way",
                             ProduceWindow::kRememberedBatches));
  } else {
    tell_if_stuck(one, answer.error_code);
  }
}

void TailLoop::tell_if_stuck(const Asked& one, ErrorCode error) const {
  Target& target = *one.target;
  const TimePoint now = shard_.runtime().now();
  if (!target.window.waits_for_tail(now) || !target.refusal.on_refused(now)) return;
  tell(target,
       fmt::format(
           "offset {} cannot be read to go on from there: {}; it is tried again and again",
           one.question.offset,
           error == ErrorCode::kNone ? "what came last is not replicated" : error_sentence(error)));
}

void TailLoop::tell_of_news(const Asked& one, ProduceWindow::TailNews news) const {
  using News = ProduceWindow::TailNews;
  switch (news) {
    case News::kNone:
      break;
    case News::kCutOff:
      tell(*one.target, fmt::format("its log ends before offset {}, up to where it took records: "
                                    "it was cut off",
                                    one.question.offset));
      break;
    case News::kDeleted:
      tell(*one.target,
           "records were deleted behind the last acknowledgement, and no batch of kmirror's "
           "stands behind them: what was under way is sent again, and came twice if it had been "
           "among them");
      break;
    case News::kUnreadable:
      tell(*one.target,
           fmt::format("may not be read any more (READ on the topic), to see what arrived of the "
                       "batches under way: they are sent again, and are there twice if they did; "
                       "from now on no more than {} are under way",
                       ProduceWindow::kRememberedBatches));
      break;
  }
}

void TailLoop::tell(const Target& target, const std::string& what) const {
  shard_.runtime().log(net::LogLevel::kWarning,
                       fmt::format("destination topic {} partition {}: {}", target.where.topic,
                                   target.where.partition, what));
}

}  // namespace kmirror::mirror
