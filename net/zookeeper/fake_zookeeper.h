// For tests: a Runtime in virtual time whose network is one host, "zk", with a scripted ZooKeeper
// behind each of its ports.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/testing/virtual_runtime.h"
#include "net/wakeup.h"

namespace kmirror::net {

// What one server does with its connections.
struct FakeServer {
  std::map<std::string, std::string> nodes;  // path to data; parents exist by implication
  std::string forbidden;                     // the path it answers with NoAuth
  std::int32_t session_timeout_ms = 6000;    // 0: refuses
  std::size_t piece_bytes = 1'000'000;       // most it takes or gives at once
  bool accepts = true;
  bool answers = true;             // else it takes requests in silence
  std::size_t hangs_up_after = 0;  // after so many bytes sent; 0: never
  bool interrupts = false;         // sends watch events, pings and the like in between
  std::int32_t xid_shift = 0;      // added to the xid of each answer
  Buffer says_first;               // instead of its first answer

  int connections = 0;
  int closed_sessions = 0;
};

class FakeRuntime final : public VirtualRuntime {
 public:
  std::map<std::uint16_t, FakeServer> servers;  // by port

  Awaitable<Result<std::vector<Address>>> resolve(std::string host, std::uint16_t port) override;
  Awaitable<Result<std::unique_ptr<Stream>>> connect(Address address, TimePoint deadline) override;
};

}  // namespace kmirror::net
