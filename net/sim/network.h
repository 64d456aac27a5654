// The network of a simulation: hosts, their names, the links between them, and the TCP connections
// on those. Any word is an address ("b1"); a host is there once a Process began on it. Owned by the
// test, outlives the processes; belongs to one World.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/sim/link.h"
#include "net/sim/stream.h"
#include "net/sim/world.h"

namespace kmirror::net::sim {

class Network {
 public:
  // What a name resolves to; no address is a failure, and so is a share of the answers.
  struct Name {
    std::vector<std::string> ips;
    Duration delay{};
    double fails = 0;
  };

  explicit Network(World& world, LinkOptions options = {});
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // Names that mean something else than the host of that address.
  std::map<std::string, Name> names;

  // The way from one host to another, whose options may be changed at any time.
  Link& link(const std::string& from, const std::string& to);

  // For all links, also those that come.
  void set_options(const LinkOptions& options);

  // Nothing gets from one host to the other any more; the other way is another call.
  void partition(const std::string& from, const std::string& to);
  void clog(const std::string& from, const std::string& to, Duration duration);

  // Opens all links, and lets connections that went silent go on.
  void heal();

  // Resets all connections of a host's processes.
  void reset_all(const std::string& ip);

  // For Process.
  void bring_up(const std::string& ip) { hosts_[ip].silent = false; }
  void cut(const Process& process, Death how);
  Awaitable<Result<std::vector<Address>>> resolve(Process& process, std::string host,
                                                  std::uint16_t port);
  Awaitable<Result<std::unique_ptr<Stream>>> connect(Process& process, Address address,
                                                     TimePoint deadline);
  Result<std::unique_ptr<Listener>> listen(Process& process, Address address);

 private:
  template <class T>
  using List = boost::intrusive::list<T, boost::intrusive::constant_time_size<false>>;

  // Carries a packet of a connect, which is repeated if it gets lost. False at the deadline.
  static Awaitable<bool> pass(Process& process, Link& link, TimePoint deadline);
  SimListener* listener_at(const Address& address);

  World& world_;
  LinkOptions options_;
  Random name_random_;
  std::map<std::string, Host> hosts_;
  std::map<std::pair<std::string, std::string>, Link> links_;
  List<SimListener> listeners_;
  List<SimStream> streams_;  // in the order of their beginning
  std::uint16_t next_port_ = 32768;
};

}  // namespace kmirror::net::sim
