#include "net/sim/network.h"

#include <fmt/format.h>

#include <algorithm>

namespace kmirror::net::sim {

namespace {

// Linux gives a connect up after seven tries, which double their distance (tcp_syn_retries).
constexpr Duration kConnectTimeMax = std::chrono::seconds(127);

// Not a Wakeup, which may end early at the seed's whim: that is for who looks again.
Awaitable<void> rest_until(Process& process, TimePoint when) {
  const std::unique_ptr<Timer> timer = process.make_timer();
  co_await timer->wait_until(when);
}

Failure cannot_connect(const char* why) {
  return {.kind = FailureKind::kSystem, .text = fmt::format("cannot connect: {}", why)};
}

Failure too_late() {
  return {.kind = FailureKind::kTimeout, .text = "no connection in time"};
}

}  // namespace

Network::Network(World& world, LinkOptions options)
    : world_(world), options_(options), name_random_(world.random("names")) {}

Link& Network::link(const std::string& from, const std::string& to) {
  const auto found = links_.find({from, to});
  if (found != links_.end()) return found->second;
  Link made(world_.random(fmt::format("link {} {}", from, to)), hosts_[to], options_);
  return links_.emplace(std::pair(from, to), made).first->second;
}

void Network::set_options(const LinkOptions& options) {
  options_ = options;
  for (auto& [ends, link] : links_) link.options = options;
}

void Network::partition(const std::string& from, const std::string& to) {
  link(from, to).close(kNever);
}

void Network::clog(const std::string& from, const std::string& to, Duration duration) {
  link(from, to).close(world_.now() + duration);
}

void Network::heal() {
  for (auto& [ends, link] : links_) link.open();
  for (SimStream& stream : streams_) stream.heal();
}

void Network::reset_all(const std::string& ip) {
  for (SimStream& stream : streams_) {
    if (stream.process().ip() == ip) stream.reset();
  }
}

void Network::cut(const Process& process, Death how) {
  if (how == Death::kSilent) hosts_[process.ip()].silent = true;
  for (auto at = listeners_.begin(); at != listeners_.end();) {
    SimListener& listener = *at++;
    if (&listener.process() == &process) listener.close();
  }
  for (SimStream& stream : streams_) {
    if (&stream.process() == &process) stream.die(how);
  }
}

Awaitable<Result<std::vector<Address>>> Network::resolve(Process& process, std::string host,
                                                         std::uint16_t port) {
  const auto named = names.find(host);
  const Name name = named == names.end() ? Name{.ips = {host}} : named->second;
  co_await rest_until(process, world_.now() + name.delay);
  if (name.ips.empty() || (name.fails > 0 && name_random_.unit() < name.fails)) {
    co_return Failure{.kind = FailureKind::kSystem, .text = "cannot resolve " + host};
  }
  std::vector<Address> addresses;
  for (const std::string& ip : name.ips) addresses.push_back({ip, port});
  co_return addresses;
}

Awaitable<Result<std::unique_ptr<Stream>>> Network::connect(Process& process, Address address,
                                                            TimePoint deadline) {
  Link& there = link(process.ip(), address.ip);
  Link& back = link(address.ip, process.ip());
  deadline = std::min(deadline, world_.now() + kConnectTimeMax);
  if (there.chance(there.options.black_hole)) {
    co_await rest_until(process, deadline);
    co_return too_late();
  }
  const bool arrived = co_await pass(process, there, deadline);
  if (!arrived) co_return too_late();
  SimListener* const listener = listener_at(address);
  if (listener == nullptr || there.chance(there.options.refuse)) {
    const bool refused = co_await pass(process, back, deadline);
    co_return refused ? cannot_connect("Connection refused") : too_late();
  }
  const auto wire = std::make_shared<Wire>(world_, there, back);
  auto mine = std::make_unique<SimStream>(process, wire, wire->back, wire->forth);
  auto theirs = std::make_unique<SimStream>(listener->process(), wire, wire->forth, wire->back);
  streams_.push_back(*mine);
  streams_.push_back(*theirs);
  listener->add(std::move(theirs));
  const bool answered = co_await pass(process, back, deadline);
  if (!answered) co_return too_late();
  co_return std::unique_ptr<Stream>(std::move(mine));
}

Awaitable<bool> Network::pass(Process& process, Link& link, TimePoint deadline) {
  Duration repeat = std::chrono::seconds(1);
  for (;;) {
    const TimePoint sent = process.now();
    TimePoint at = sent + link.draw_latency();
    if (link.closed_until() != kNever) at = std::max(at, link.closed_until());
    co_await rest_until(process, std::min(at, deadline));
    if (process.now() >= deadline) co_return false;
    if (link.closed_until() <= process.now() && !link.to().silent) co_return true;
    co_await rest_until(process, std::min(std::max(at, sent + repeat), deadline));
    repeat *= 2;
  }
}

SimListener* Network::listener_at(const Address& address) {
  for (SimListener& listener : listeners_) {
    if (listener.address() == address) return &listener;
  }
  return nullptr;
}

Result<std::unique_ptr<Listener>> Network::listen(Process& process, Address address) {
  if (address.ip != process.ip()) {
    return Failure{.kind = FailureKind::kSystem,
                   .text = fmt::format("cannot listen on {}:{}: it is another host's", address.ip,
                                       address.port)};
  }
  if (address.port == 0) {
    do {
      address.port = next_port_++;
    } while (listener_at(address) != nullptr);
  } else if (listener_at(address) != nullptr) {
    return Failure{.kind = FailureKind::kSystem,
                   .text = fmt::format("cannot listen on {}:{}: Address already in use", address.ip,
                                       address.port)};
  }
  auto listener = std::make_unique<SimListener>(process, std::move(address));
  listeners_.push_back(*listener);
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace kmirror::net::sim
