#include "net/connection.h"

#include <fmt/core.h>

#include "base/check.h"
#include "base/version.h"
#include "protocol/messages/api_versions.h"

namespace kmirror::net {

namespace {

constexpr protocol::Api kApiVersions = protocol::ApiVersionsRequest::kApi;

static_assert(protocol::GatherBuffer::kOwnPieceBytesMax < kLentBytesMin);

}  // namespace

Connection::Connection(Runtime& runtime, SlabPool& slabs, Settings settings,
                       std::unique_ptr<Stream> stream)
    : runtime_(runtime),
      settings_(std::move(settings)),
      stream_(std::move(stream)),
      core_(slabs, settings_.frame_bytes_max),
      write_wakeup_(runtime),
      watch_wakeup_(runtime) {}

std::shared_ptr<Connection> Connection::start(Runtime& runtime, SlabPool& slabs, TaskGroup& tasks,
                                              Settings settings, std::unique_ptr<Stream> stream) {
  auto connection =
      std::make_shared<Connection>(runtime, slabs, std::move(settings), std::move(stream));
  tasks.spawn(read_loop(connection));
  tasks.spawn(write_loop(connection));
  tasks.spawn(watch_loop(connection));
  return connection;
}

Awaitable<Result<void>> Connection::negotiate(TimePoint deadline) {
  const Result<void> learned = co_await learn_versions(deadline);
  if (!learned) close("negotiation failed");
  co_return learned;
}

// Kafka 2.4 and later answer a version they do not know with their own range, older brokers with an
// empty list; both in the format of version 0, with UNSUPPORTED_VERSION (KIP-511).
Awaitable<Result<void>> Connection::learn_versions(TimePoint deadline) {
  protocol::ApiVersionsRequest request;
  request.client_software_name = "kmirror";
  request.client_software_version = kVersion;
  versions_[kApiVersions.key] = kApiVersions.versions;
  for (std::int16_t version : {kApiVersions.versions.max, std::int16_t{3}, std::int16_t{0}}) {
    if (version < 3) request = {};
    auto reply = co_await call(request, {.deadline = deadline, .version_max = version});
    if (!reply) co_return reply.error();
    const auto& answer = reply.value().message;
    if (answer.error_code == protocol::ErrorCode::kUnsupportedVersion) continue;
    if (answer.error_code != protocol::ErrorCode::kNone) {
      co_return about_peer({.kind = FailureKind::kBroker,
                            .text = fmt::format("ApiVersions: {}", error_name(answer.error_code)),
                            .code = answer.error_code});
    }
    versions_.clear();
    for (const auto& api : answer.api_keys) {
      versions_[api.api_key] = {api.min_version, api.max_version};
    }
    co_return Result<void>();
  }
  co_return about_peer(
      {.kind = FailureKind::kUnsupported, .text = "no version of ApiVersions in common"});
}

std::int16_t Connection::version_for(const protocol::Api& api, std::int16_t version_max) const {
  const auto offered = versions_.find(api.key);
  if (offered == versions_.end()) return -1;
  const auto newest = std::min({api.versions.max, offered->second.max, version_max});
  const auto oldest = std::max(api.versions.min, offered->second.min);
  return newest < oldest ? -1 : newest;
}

Awaitable<Result<SlabRef>> Connection::exchange(protocol::GatherBuffer request,
                                                CallOptions options) {
  std::unique_ptr<Exchange> exchange;
  if (idle_.empty()) {
    exchange = std::make_unique<Exchange>(runtime_);
  } else {
    exchange = std::move(idle_.back());
    idle_.pop_back();
  }
  exchange->id = core_.next_id();
  waiting_.push_back(exchange.get());
  core_.submit(std::move(request), options.deadline, options.answer_bytes);
  deliver();
  if (!in_turn_) write_wakeup_.notify();
  if (options.deadline < watched_) watch_wakeup_.notify();
  while (!exchange->frame) co_await exchange->answered.wait();
  Result<SlabRef> frame = *std::move(exchange->frame);
  exchange->frame.reset();
  idle_.push_back(std::move(exchange));
  co_return frame;
}

void Connection::deliver() {
  while (auto completion = core_.next_completion()) {
    if (!completion->frame) completion->frame = about_peer(completion->frame.error());
    KM_CHECK(!waiting_.empty() && waiting_.front()->id == completion->id, "answers come in order");
    Exchange* const exchange = waiting_.front();
    waiting_.pop_front();
    exchange->frame = std::move(completion->frame);
    exchange->answered.hand_over();
  }
}

Failure Connection::about_peer(Failure failure) const {
  failure.text = fmt::format("{}: {}", settings_.peer, failure.text);
  return failure;
}

void Connection::fail(Failure failure) {
  stream_->close();
  core_.fail(std::move(failure));
  deliver();
  write_wakeup_.notify();
  watch_wakeup_.notify();
}

void Connection::close(std::string why) {
  fail({.kind = FailureKind::kClosed, .text = std::move(why)});
}

// Who waits for an answer goes on here, and what is asked for meanwhile is written here: a request,
// its answer and the next request are one turn.
Awaitable<void> Connection::read_loop(std::shared_ptr<Connection> self) {
  while (self->is_open()) {
    const Result<std::size_t> got =
        co_await self->stream_->read_some(self->core_.read_space(), self->core_.expected_bytes());
    if (!got) {
      self->fail(got.error());
      break;
    }
    self->core_.on_read(got.value());
    if (self->core_.failure()) self->stream_->close();
    self->in_turn_ = true;
    self->deliver();
    self->in_turn_ = false;
    if (self->core_.failure() || self->core_.has_output()) self->write_wakeup_.hand_over();
  }
}

// What was submitted in one turn goes in one write.
Awaitable<void> Connection::write_loop(std::shared_ptr<Connection> self) {
  while (self->is_open()) {
    const auto pieces = self->core_.next_write();
    if (pieces.empty()) {
      co_await self->write_wakeup_.wait();
      continue;
    }
    const Result<std::size_t> wrote = co_await self->stream_->write_some(pieces, Lending::kLent);
    if (!self->is_open()) break;
    if (!wrote) {
      self->fail(wrote.error());
      break;
    }
    self->core_.on_wrote(wrote.value());
  }
}

Awaitable<void> Connection::watch_loop(std::shared_ptr<Connection> self) {
  while (self->is_open()) {
    self->watched_ = self->core_.next_deadline();
    co_await self->watch_wakeup_.wait(self->watched_);
    self->core_.on_time(self->runtime_.now());
    if (self->core_.failure()) {
      self->stream_->close();
      self->write_wakeup_.notify();
      self->deliver();
    }
  }
}

}  // namespace kmirror::net
