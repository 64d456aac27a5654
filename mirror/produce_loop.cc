#include "mirror/produce_loop.h"

#include <fmt/core.h>

#include <algorithm>

#include "mirror/parts.h"
#include "protocol/wire/archive.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;
using protocol::RecordsView;

// An answer that takes longer is waited for by itself.
constexpr std::chrono::milliseconds kQuick{500};

// Version 13 names topics by ids that the window would have to follow; nothing else is new in it.
constexpr std::int16_t kVersionMax = 12;

// The header is patched again before another try, so a request has a copy of it; all else it refers
// to, and so may the system until the answer comes.
RecordsView header_apart(const RecordsView& batch) {
  RecordsView parts;
  for (const ConstBytes slice : batch.slices()) {
    const std::size_t header =
        parts.empty() ? std::min(slice.size(), protocol::kBatchHeaderBytes) : 0;
    parts.append(slice.first(header));
    parts.append(slice.subspan(header));
  }
  return parts;
}

// The size of an answer that says no more than it has to.
std::size_t smallest_answer(const ProduceRequest& request, std::int16_t version) {
  ProduceResponse answer;
  for (const ProduceRequest::Topic& topic : request.topic_data) {
    answer.responses.push_back({.name = topic.name});
    answer.responses.back().partition_responses.resize(topic.partition_data.size());
  }
  return wire_size(answer, version);
}

}  // namespace

ProduceLoop::ProduceLoop(Shard& shard, std::int32_t broker)
    : shard_(shard),
      broker_(broker),
      random_(shard.runtime().random().split(fmt::format("produce to {}", broker))),
      wakeup_(shard.runtime()),
      back_off_(shard.destination().make_reconnect_back_off()),
      tails_(shard, broker),
      sends_(shard.runtime()) {}

Awaitable<void> ProduceLoop::run() {
  sends_.spawn(tails_.run());
  while (!shard_.closing()) {
    const bool room = has_room();
    if (!room || !anything_ready()) {
      co_await wakeup_.wait(room ? next_try() : kNever);
      continue;
    }
    const bool connected = co_await connect();
    if (connected) send_more();
  }
  tails_.wake();
  co_await sends_.join();
}

void ProduceLoop::send_more() {
  while (connection_->is_open() && has_room() && anything_ready()) {
    std::vector<Part> parts = take_parts();
    const PipeDepth::Sent sent = depth_.on_sent(size_of(parts), shard_.runtime().now());
    ++in_flight_;
    in_flight_bytes_ += sent.bytes;
    sends_.spawn(send(connection_, std::move(parts), sent));
  }
}

void ProduceLoop::look_at(Target& target) {
  const TimePoint now = shard_.runtime().now();
  if (target.window.ready(now)) {
    if (std::exchange(target.in_line, true)) return;
    line_.push_back(&target);
    wake();
    return;
  }
  if (target.window.tail_to_read(now)) return tails_.add(target);
  if (target.window.tail_to_try() && has_room()) return tails_.add(target);
  const TimePoint next = target.window.next_try();
  if (next <= now || next == kNever || std::exchange(target.try_at, next) == next) return;
  tries_.emplace(next, &target);
  wake();
}

bool ProduceLoop::has_room() {
  return depth_.has_room(in_flight_, in_flight_bytes_) ||
         shard_.runtime().buggify("line taken for longer");
}

bool ProduceLoop::anything_ready() {
  const TimePoint now = shard_.runtime().now();
  while (!tries_.empty() && tries_.begin()->first <= now) {
    Target& target = *tries_.begin()->second;
    tries_.erase(tries_.begin());
    if (target.leader_loop == this) look_at(target);
  }
  Target* next = next_in_line();
  if (next != nullptr) {
    next->in_line = true;
    line_.push_front(next);
  }
  return next != nullptr;
}

// Much may have happened to a window since it came into the line: its partition moved to another
// broker, perhaps even back, or what it would have sent was given back.
Target* ProduceLoop::next_in_line() {
  while (!line_.empty()) {
    Target* target = line_.front();
    line_.pop_front();
    if (target->leader_loop != this || !std::exchange(target->in_line, false)) continue;
    if (target->window.ready(shard_.runtime().now())) return target;
    look_at(*target);
  }
  return nullptr;
}

TimePoint ProduceLoop::next_try() const {
  return tries_.empty() ? kNever : tries_.begin()->first;
}

// One batch a partition: brokers refuse more, and of two entries for one partition they would drop
// the first without a word.
std::vector<ProduceLoop::Part> ProduceLoop::take_parts() {
  const auto bytes_max = static_cast<std::size_t>(shard_.config().destination.max_request_size);
  const bool cut_short = shard_.runtime().buggify("request cut short");
  std::vector<Part> parts;
  std::size_t bytes = 0;
  while (bytes < bytes_max && !(cut_short && !parts.empty())) {
    Target* target = next_in_line();
    if (target == nullptr) break;
    OutgoingBatch& batch = target->window.send_next();
    bytes += batch.records.size();
    parts.push_back({target, &batch});
  }
  for (const Part& part : parts) look_at(*part.target);
  sort_parts(parts);
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
        {.index = where.partition, .records = header_apart(part.batch->records)});
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
    depth_ = {};
    back_off_.reset();
    co_return true;
  }
  shard_.on_destination_outage(broker_, dialled.error());
  net::Wakeup pause(shard_.runtime());
  co_await pause.wait(shard_.runtime().now() + back_off_.next(random_));
  co_return false;
}

std::size_t ProduceLoop::size_of(const std::vector<Part>& parts) {
  std::size_t bytes = 0;
  for (const Part& part : parts) bytes += part.batch->records.size();
  return bytes;
}

Awaitable<void> ProduceLoop::send(net::Cluster::ConnectionPtr connection, std::vector<Part> parts,
                                  PipeDepth::Sent sent) {
  const ProduceRequest request = make_request(parts);
  const std::int16_t version = connection->version_for(ProduceRequest::kApi, kVersionMax);
  // One that takes long would keep the acknowledgements before it from being noticed.
  const bool gathers = quick_ && shard_.fetching();
  // The broker itself waits up to the request's timeout for its replicas.
  const net::CallOptions options{.deadline = shard_.destination().call_deadline() +
                                             shard_.config().destination.client.request_timeout,
                                 .answer_bytes = gathers ? smallest_answer(request, version) : 0,
                                 .version_max = kVersionMax};
  const auto reply = co_await connection->call(request, options);
  --in_flight_;
  in_flight_bytes_ -= sent.bytes;
  sharing_ = parts.size();
  quick_ = reply && shard_.runtime().now() - sent.at < kQuick;
  if (reply && connection == connection_) depth_.on_answered(sent, shard_.runtime().now());
  const bool heard = !shard_.runtime().buggify("acknowledgement not heard");
  const ProduceResponse nothing;
  on_response(parts, reply && heard ? reply.value().message : nothing);
  if (!reply) shard_.on_destination_outage(broker_, reply.error());
  for (const Part& part : parts) {
    shard_.take_acknowledged(*part.target);
    shard_.look_at(*part.target);  // Its partition may have another leader by now.
  }
  shard_.on_room();
  if (!shard_.closing()) send_more();
  // The loop is for the rest: to connect, to wait until a window may try again, to end.
  if (!connection_->is_open() || !tries_.empty() || shard_.closing()) wake();
}

void ProduceLoop::on_response(std::vector<Part>& parts, const ProduceResponse& response) {
  for (const ProduceResponse::Topic& topic : response.responses) {
    for (const ProduceResponse::Partition& answer : topic.partition_responses) {
      Part* part = find_part(parts, topic.name, answer.index);
      if (part != nullptr && part->batch != nullptr) on_answer(*part, answer);
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
    window.on_acknowledged(batch, answer.base_offset, shard_.runtime().now());
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
