// For tests: a broker that answers as it is told, over the same protocol code. Of its own it knows
// ApiVersions. Used on one executor; outlives its connections.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "net/runtime.h"
#include "protocol/messages/registry.h"

namespace kmirror::net {

class ScriptedBroker {
 public:
  explicit ScriptedBroker(Runtime& runtime);
  ScriptedBroker(const ScriptedBroker&) = delete;
  ScriptedBroker& operator=(const ScriptedBroker&) = delete;

  std::map<std::int16_t, protocol::VersionRange> versions;  // as it tells them
  bool tells_own_range = true;  // when asked in a version of ApiVersions that it does not know
  bool accepts = true;          // connections
  bool reads = true;            // else writes to it never end
  std::size_t piece_bytes = 1 << 20;  // the most that goes through a stream at once
  int connections = 0;                // accepted so far
  Duration delay{};                   // of the answers that handlers give from now on
  std::vector<std::pair<std::int16_t, std::int16_t>> seen;  // key and version of each request

  // Fills the answer to a request, given its version; false: there is none, ever.
  template <class Request>
  using Handler =
      std::function<bool(const Request&, std::int16_t version, typename Request::Response&)>;

  template <class Request>
  void on(Handler<Request> handler) {
    on_any(Request::kApi.key,
           [handler = std::move(handler)](const void* request, std::int16_t version, void* answer) {
             return handler(*static_cast<const Request*>(request), version,
                            *static_cast<typename Request::Response*>(answer));
           });
  }

  // Ends all connections as a crash does.
  void hang_up();

  Result<std::unique_ptr<Stream>> accept();

  // Sends bytes that nobody asked for, on all connections.
  void send_to_all(ConstBytes bytes);

 private:
  class BrokerStream;
  using AnyHandler = std::function<bool(const void* request, std::int16_t version, void* response)>;

  void on_any(std::int16_t api_key, AnyHandler handler);
  bool answer(ConstBytes request, BrokerStream& stream);
  Buffer api_versions(std::int16_t version, std::int32_t id) const;

  Runtime& runtime_;
  std::map<std::int16_t, AnyHandler> handlers_;
  std::set<BrokerStream*> streams_;
};

}  // namespace kmirror::net
