#include "mirror/produce_loop.h"

#include <fmt/core.h>

#include <algorithm>

#include "protocol/records/batch_view.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;

// Requests on one connection: the broker works on one, the others hide the network's delay.
constexpr int kRequestsMax = 5;

// Version 13 names topics by ids that the window would have to follow; nothing else is new in it.
constexpr std::int16_t kVersionMax = 12;

}  // namespace

ProduceLoop::ProduceLoop(Shard& shard, std::int32_t broker)
    : shard_(shard),
      broker_(broker),
      random_(shard.runtime().random().split(fmt::format("produce to {}", broker))),
      wakeup_(shard.runtime()),
      back_off_(shard.destination().make_reconnect_back_off()),
      sends_(shard.runtime()) {}

Awaitable<void> ProduceLoop::run() {
  while (!shard_.closing()) {
    if (in_flight_ >= kRequestsMax || !anything_ready()) {
      co_await wakeup_.wait(in_flight_ >= kRequestsMax ? kNever : next_try());
      continue;
    }
    const bool connected = co_await connect();
    if (!connected) continue;
    std::vector<Part> parts = take_parts();
    if (parts.empty()) continue;
    ++in_flight_;
    sends_.spawn(send(connection_, std::move(parts)));
  }
  co_await sends_.join();
}

bool ProduceLoop::leads(const Target& target) const {
  const net::Metadata& metadata = shard_.destination().metadata();
  return metadata.leader_of(target.where.topic, target.where.partition) == broker_;
}

bool ProduceLoop::anything_ready() const {
  const TimePoint now = shard_.runtime().now();
  return std::any_of(shard_.targets().begin(), shard_.targets().end(), [&](const auto& entry) {
    return entry.second->window.ready(now) && leads(*entry.second);
  });
}

TimePoint ProduceLoop::next_try() const {
  TimePoint next = kNever;
  const TimePoint now = shard_.runtime().now();
  for (const auto& [where, target] : shard_.targets()) {
    const TimePoint due = target->window.next_try();
    if (due > now && leads(*target)) next = std::min(next, due);
  }
  return next;
}

// One batch a partition: brokers refuse more, and of two entries for one partition they would drop
// the first without a word.
std::vector<ProduceLoop::Part> ProduceLoop::take_parts() {
  const TimePoint now = shard_.runtime().now();
  std::vector<Target*> ready;
  for (const auto& [where, target] : shard_.targets()) {
    if (target->window.ready(now) && leads(*target)) ready.push_back(target.get());
  }
  std::vector<Part> parts;
  if (ready.empty()) return parts;
  // They take turns in their order, however many are ready at a time.
  const auto next = std::find_if(ready.begin(), ready.end(), [this](const Target* target) {
    return last_sent_ < target->where;
  });
  std::rotate(ready.begin(), next, ready.end());
  const auto bytes_max = static_cast<std::size_t>(shard_.config().destination.max_request_size);
  if (shard_.runtime().buggify("request cut short")) ready.resize(1);
  std::size_t bytes = 0;
  for (Target* target : ready) {
    if (bytes >= bytes_max) break;
    OutgoingBatch& batch = target->window.send_next();
    bytes += batch.records.size();
    parts.push_back({target, &batch});
  }
  last_sent_ = parts.back().target->where;
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.target->where < b.target->where;  // so that each topic stands in the request once
  });
  return parts;
}

ProduceRequest ProduceLoop::make_request(const std::vector<Part>& parts) const {
  ProduceRequest request;
  request.acks = -1;
  request.timeout_ms =
      static_cast<std::int32_t>(shard_.config().destination.client.request_timeout.count());
  for (const Part& part : parts) {
    const net::TopicPartition& where = part.target->where;
    if (request.topic_data.empty() || request.topic_data.back().name != where.topic) {
      request.topic_data.push_back({.name = where.topic});
    }
    request.topic_data.back().partition_data.push_back(
        {.index = where.partition, .records = part.batch->records});
  }
  return request;
}

Awaitable<bool> ProduceLoop::connect() {
  if (connection_ && shard_.runtime().buggify("produce connection closed")) {
    connection_->close("for nothing");
  }
  if (connection_ && connection_->is_open()) co_return true;
  Result<net::Cluster::ConnectionPtr> dialled = co_await shard_.destination().dial(broker_);
  if (dialled) {
    connection_ = dialled.value();
    back_off_.reset();
    co_return true;
  }
  note_outage(dialled.error());
  net::Wakeup pause(shard_.runtime());
  co_await pause.wait(shard_.runtime().now() + back_off_.next(random_));
  co_return false;
}

Awaitable<void> ProduceLoop::send(net::Cluster::ConnectionPtr connection, std::vector<Part> parts) {
  const ProduceRequest request = make_request(parts);
  // The broker itself waits up to the request's timeout for its replicas.
  const net::CallOptions options{.deadline = shard_.destination().call_deadline() +
                                             shard_.config().destination.client.request_timeout,
                                 .version_max = kVersionMax};
  const auto reply = co_await connection->call(request, options);
  --in_flight_;
  const bool heard = !shard_.runtime().buggify("acknowledgement not heard");
  const ProduceResponse nothing;
  on_response(parts, reply && heard ? reply.value().message : nothing);
  if (!reply) note_outage(reply.error());
  for (const Part& part : parts) shard_.take_acknowledged(*part.target);
  shard_.on_room();
  shard_.wake_produce_loops();  // All of them: a partition may have another leader by now.
}

void ProduceLoop::on_response(std::vector<Part>& parts, const ProduceResponse& response) {
  for (const ProduceResponse::Topic& topic : response.responses) {
    for (const ProduceResponse::Partition& answer : topic.partition_responses) {
      const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& p) {
        return p.batch != nullptr && p.target->where.partition == answer.index &&
               p.target->where.topic == topic.name;
      });
      if (part != parts.end()) on_answer(*part, answer);
    }
  }
  for (Part& part : parts) {
    if (part.batch == nullptr) continue;
    part.target->window.on_lost(*part.batch, shard_.runtime().now(), random_);
  }
}

// Afterwards part.batch is null: the batch is answered for, and may be gone.
void ProduceLoop::on_answer(Part& part, const ProduceResponse::Partition& answer) {
  OutgoingBatch& batch = *part.batch;
  ProduceWindow& window = part.target->window;
  const ErrorCode code = answer.error_code;
  const Lane* lane = batch.lane;
  part.batch = nullptr;
  if (code == ErrorCode::kNone || code == ErrorCode::kDuplicateSequenceNumber) {
    window.on_acknowledged(batch, shard_.runtime().now());
    note_acceptance(*part.target);
    return;
  }
  const std::string reason = refusal({part.target, &batch}, answer);
  if (part.target->refusal.on_refused(shard_.runtime().now())) {
    shard_.runtime().log(net::LogLevel::kWarning, reason + "; it is tried again and again");
  }
  const auto action = window.on_rejected(batch, code, shard_.runtime().now(), random_);
  if (action == ProduceWindow::Action::kRefreshMetadata) shard_.destination().request_refresh();
  if (action == ProduceWindow::Action::kStopLane) shard_.refuse(*part.target, *lane, reason);
}

void ProduceLoop::note_outage(const net::Failure& failure) {
  shard_.destination().report_outage(broker_, failure);
  shard_.destination().request_refresh();
  for (const auto& [where, target] : shard_.targets()) {
    const auto leader = shard_.destination().metadata().leader_of(where.topic, where.partition);
    if (leader < 0 || leader == broker_) target->refusal.on_leaderless();
  }
}

// What passes by itself within seconds, as a leader's move, is nobody's business.
void ProduceLoop::note_acceptance(Target& target) {
  if (!target.refusal.on_accepted()) return;
  shard_.runtime().log(net::LogLevel::kInfo,
                       fmt::format("destination topic {} partition {} takes records again",
                                   target.where.topic, target.where.partition));
}

std::string ProduceLoop::refusal(const Part& part, const ProduceResponse::Partition& answer) const {
  const Lane& lane = *part.batch->lane;
  std::string text = fmt::format(
      "{}: from offset {} on: destination topic {} partition {} refuses a batch of {} records and "
      "{} bytes with {}",
      lane.name(), part.batch->first_offset, part.target->where.topic, part.target->where.partition,
      part.batch->record_count, part.batch->records.size(), error_name(answer.error_code));
  if (answer.error_code == ErrorCode::kMessageTooLarge ||
      answer.error_code == ErrorCode::kRecordListTooLarge) {
    text += fmt::format("; raise max.message.bytes of the destination topic to {} or more",
                        part.batch->records.size());
  } else if (answer.error_code == ErrorCode::kInvalidTimestamp) {
    text +=
        "; see message.timestamp.before.max.ms and message.timestamp.after.max.ms of the "
        "destination topic";
  } else {
    text += fmt::format(": {}", answer.error_message.value_or(error_sentence(answer.error_code)));
  }
  return text;
}

}  // namespace kmirror::mirror
