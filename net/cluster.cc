#include "net/cluster.h"

#include <fmt/core.h>

#include <algorithm>

namespace kmirror::net {

namespace {

Failure unreachable(const ClusterSettings& settings, const Failure& last) {
  std::string servers;
  for (const auto& server : settings.bootstrap) {
    servers += (servers.empty() ? "" : ",") + to_string(server);
  }
  return {.kind = last.kind,
          .text = fmt::format("no {} broker could be reached (bootstrap.servers={}): {}",
                              settings.name, servers, last.text)};
}

}  // namespace

Cluster::Cluster(Runtime& runtime, ClusterSettings settings)
    : runtime_(runtime),
      settings_(std::move(settings)),
      slabs_(runtime.poisons()),
      random_(runtime.random().split(settings_.name)),
      tasks_(runtime),
      refresh_wakeup_(runtime) {}

Awaitable<Result<void>> Cluster::start(TimePoint deadline) {
  BackOff back_off = make_back_off();
  Wakeup pause(runtime_);
  for (;;) {
    const Result<void> refreshed = co_await refresh();
    if (refreshed) break;
    if (stopping_) co_return refreshed.error();
    const TimePoint next = runtime_.now() + back_off.next(random_);
    if (next >= deadline) co_return refreshed.error();
    co_await pause.wait(next);
  }
  tasks_.spawn(metadata_loop());
  co_return Result<void>();
}

void Cluster::interrupt() {
  stopping_ = true;
  refresh_wakeup_.notify();
  for (const auto& weak : dialled_) {
    if (const auto connection = weak.lock()) connection->close("shutting down");
  }
}

Awaitable<void> Cluster::stop() {
  interrupt();
  co_await tasks_.join();
  control_.clear();
}

void Cluster::track(std::string_view topic) {
  tracked_.emplace(topic);
}

void Cluster::track_all() {
  track_all_ = true;
}

void Cluster::request_refresh() {
  refresh_wakeup_.notify();
}

Awaitable<Result<void>> Cluster::refresh() {
  return read_metadata(std::nullopt);
}

Awaitable<Result<void>> Cluster::refresh(std::string topic) {
  return read_metadata(std::move(topic));
}

Awaitable<Result<void>> Cluster::read_metadata(std::optional<std::string> topic) {
  const Result<ConnectionPtr> connection = co_await any();
  if (!connection) co_return connection.error();
  const bool whole = track_all_ && !topic;
  protocol::MetadataRequest request;
  if (whole) {
    request.topics = std::nullopt;  // all there are
  } else if (topic) {
    request.topics->push_back({.name = *topic});
  } else {
    for (const auto& tracked : tracked_) request.topics->push_back({.name = tracked});
  }
  request.allow_auto_topic_creation = false;
  const CallOptions options{.deadline = call_deadline()};
  const auto reply = co_await connection.value()->call(request, options);
  if (!reply) co_return reply.error();
  metadata_.update(reply.value().message, reply.value().version, whole);
  if (on_metadata) on_metadata();
  co_return Result<void>();
}

Awaitable<void> Cluster::metadata_loop() {
  BackOff back_off = make_back_off();
  int failures = 0;  // in a row
  bool reported = false;
  while (!stopping_) {
    co_await refresh_wakeup_.wait(runtime_.now() + settings_.metadata_max_age);
    if (stopping_) break;
    // Many errors at once ask for one refresh; the pause gives an election time to end, too.
    Wakeup pause(runtime_);
    co_await pause.wait(runtime_.now() + back_off.next(random_));
    if (stopping_) break;
    const Result<void> refreshed = co_await refresh();
    if (refreshed) {
      if (reported) runtime_.log(LogLevel::kInfo, settings_.name + ": metadata is read again");
      failures = 0;
      reported = false;
      // Whoever asked again meanwhile still misses something, a leader perhaps: not so fast then.
      if (!refresh_wakeup_.notified()) back_off.reset();
    } else if (!stopping_) {
      // A broker that is known to be away has been reported, and at a first failure it is about to
      // be; another line would say the same.
      if (++failures > 1 && !reported && outages_.empty()) {
        runtime_.log(LogLevel::kWarning, refreshed.error().text);
        reported = true;
      }
      refresh_wakeup_.notify();
    }
  }
}

Awaitable<Result<Cluster::ConnectionPtr>> Cluster::dial(std::int32_t broker) {
  const auto found = metadata_.brokers.find(broker);
  if (found == metadata_.brokers.end()) {
    co_return Failure{.kind = FailureKind::kClosed,
                      .text = broker_name(broker) + ": not in the cluster's metadata"};
  }
  HostPort address = found->second.address;
  Result<ConnectionPtr> connection = co_await dial_address(std::move(address), broker_name(broker));
  if (connection && outages_.erase(broker) > 0) {
    runtime_.log(LogLevel::kInfo, broker_name(broker) + ": connected again");
  }
  co_return connection;
}

Awaitable<Result<Cluster::ConnectionPtr>> Cluster::dial_address(HostPort address,
                                                                std::string peer) {
  Result<std::vector<Address>> addresses = co_await runtime_.resolve(address.host, address.port);
  if (!addresses) {
    co_return Failure{.kind = FailureKind::kSystem, .text = peer + ": " + addresses.error().text};
  }
  Failure last{.kind = FailureKind::kSystem, .text = "the name has no address"};
  // Each address has its own time: one that swallows everything must not use up the others'.
  for (const Address& candidate : addresses.value()) {
    if (stopping_) break;
    const TimePoint deadline = runtime_.now() + settings_.connect_timeout;
    Result<std::unique_ptr<Stream>> stream = co_await runtime_.connect(candidate, deadline);
    if (!stream) {
      last = stream.error();
      continue;
    }
    Connection::Settings settings{.peer = peer, .client_id = settings_.client_id};
    const ConnectionPtr connection =
        Connection::start(runtime_, slabs_, tasks_, std::move(settings), std::move(stream.value()));
    remember(connection);
    const Result<void> negotiated = co_await connection->negotiate(deadline);
    if (negotiated) co_return connection;
    last = negotiated.error();
  }
  if (!last.text.starts_with(peer)) last.text = peer + ": " + last.text;
  co_return last;
}

void Cluster::remember(const ConnectionPtr& connection) {
  std::erase_if(dialled_, [](const auto& weak) { return weak.expired(); });
  dialled_.push_back(connection);
  if (stopping_) connection->close("shutting down");
}

Awaitable<Result<Cluster::ConnectionPtr>> Cluster::control(std::int32_t broker) {
  const auto known = control_.find(broker);
  if (known != control_.end() && known->second->is_open()) co_return known->second;
  Result<ConnectionPtr> connection = co_await dial(broker);
  if (!connection) co_return connection;
  ConnectionPtr& shared = control_[broker];
  if (shared && shared->is_open()) {
    connection.value()->close("another caller was first");
  } else {
    shared = connection.value();
  }
  co_return shared;
}

Awaitable<Result<Cluster::ConnectionPtr>> Cluster::any() {
  for (const auto& [id, connection] : control_) {
    if (runtime_.buggify("another broker is asked")) continue;
    if (connection->is_open()) co_return connection;
  }
  std::vector<std::int32_t> ids;
  for (const auto& [id, broker] : metadata_.brokers) ids.push_back(id);
  for (std::size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[random_.below(i)]);
  Failure last{.kind = FailureKind::kClosed, .text = "no server is configured"};
  for (const std::int32_t id : ids) {
    Result<ConnectionPtr> connection = co_await control(id);
    if (connection) co_return connection;
    last = connection.error();
  }
  for (std::size_t i = 0; i < settings_.bootstrap.size() && !stopping_; ++i) {
    HostPort address = settings_.bootstrap[i];
    std::string peer = fmt::format("{} server {}", settings_.name, to_string(address));
    Result<ConnectionPtr> connection = co_await dial_address(std::move(address), std::move(peer));
    if (connection) {
      control_[kFirstBootstrap - static_cast<std::int32_t>(i)] = connection.value();
      co_return connection;
    }
    last = connection.error();
  }
  co_return unreachable(settings_, last);
}

void Cluster::report_outage(std::int32_t broker, const Failure& failure) {
  if (stopping_ || !outages_.insert(broker).second) return;
  // A broker that stops is seen as refused, reset or closed by turns; to people it is one event.
  const bool lost = failure.kind == FailureKind::kSystem || failure.kind == FailureKind::kClosed;
  runtime_.log(
      LogLevel::kWarning,
      (lost ? broker_name(broker) + ": connection lost" : failure.text) + "; reconnecting");
}

std::string Cluster::broker_name(std::int32_t broker) const {
  const auto found = metadata_.brokers.find(broker);
  if (found == metadata_.brokers.end()) return fmt::format("{} broker {}", settings_.name, broker);
  return fmt::format("{} broker {} ({})", settings_.name, broker, to_string(found->second.address));
}

}  // namespace kmirror::net
