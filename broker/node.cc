#include "broker/node.h"

#include <fmt/format.h>

#include <utility>

#include "broker/cluster.h"
#include "broker/connection.h"

namespace kmirror::broker {

namespace {

constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

}  // namespace

Node::Node(Cluster& cluster, NodeSettings settings)
    : sessions(settings.runtime->random().split(fmt::format("fetch sessions {}", settings.id))),
      cluster_(cluster),
      settings_(std::move(settings)),
      tasks_(*settings_.runtime) {}

Node::~Node() = default;

net::Result<void> Node::start() {
  net::Address address = settings_.listen;
  if (address.port == 0) address.port = port_;
  auto listener = runtime().listen(address);
  if (!listener) return listener.error();
  running_ = true;
  ++starts_;
  listener_ = std::move(listener.value());
  port_ = listener_->address().port;
  if (settings_.advertised_host.empty()) settings_.advertised_host = settings_.listen.ip;
  tasks_.spawn(accept_loop(listener_));
  return {};
}

net::Awaitable<void> Node::accept_loop(std::shared_ptr<net::Listener> listener) {
  while (listener_ == listener) {
    net::Result<std::unique_ptr<net::Stream>> stream = co_await listener->accept();
    if (listener_ != listener) break;
    if (stream) {
      tasks_.spawn(serve(cluster_, *this, std::move(stream.value()), starts_));
      continue;
    }
    net::Wakeup wakeup(runtime());  // Out of file descriptors, perhaps: clients will try again.
    co_await wait(wakeup, runtime().now() + kAcceptPause);
  }
}

void Node::stop() {
  running_ = false;
  const auto listener = std::exchange(listener_, nullptr);
  if (listener) listener->close();
  hang_up();
  sessions.expire_all();
  for (net::Wakeup* const wakeup : waiting_) wakeup->notify();
}

void Node::hang_up() {
  const auto streams = streams_;
  for (net::Stream* const stream : streams) stream->close();
}

net::Awaitable<bool> Node::wait(net::Wakeup& wakeup, TimePoint deadline) {
  if (!is_running()) co_return false;
  waiting_.push_back(&wakeup);
  co_await wakeup.wait(deadline);
  std::erase(waiting_, &wakeup);
  co_return is_running();
}

net::Awaitable<void> Node::join() {
  return tasks_.join();
}

Node::Registration::Registration(Node& node, net::Stream& stream) : node_(node), stream_(stream) {
  node_.streams_.push_back(&stream_);
}

Node::Registration::~Registration() {
  std::erase(node_.streams_, &stream_);
}

}  // namespace kmirror::broker
