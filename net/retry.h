// The tries of one call to a cluster: until the deadline that its beginning set, with the cluster's
// back-off between them. Owned by the coroutine that tries; the Cluster outlives it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/cluster.h"

namespace kmirror::net {

class Retry {
 public:
  explicit Retry(Cluster& cluster)
      : cluster_(cluster),
        back_off_(cluster.make_back_off()),
        pause_(cluster.runtime()),
        deadline_(cluster.call_deadline()) {}

  TimePoint deadline() const { return deadline_; }
  CallOptions options() const { return {.deadline = deadline_}; }

  // What is left until the deadline, halved: a broker that is given this long to do its work
  // answers before the call ends.
  std::int32_t broker_timeout_ms() const;

  // Whether to try again after this failure. If so it has waited, and read the metadata where that
  // may help; false at once when the failure is final, there is no time left, or the cluster stops.
  Awaitable<bool> after(Failure failure);

 private:
  Cluster& cluster_;
  BackOff back_off_;
  Wakeup pause_;
  TimePoint deadline_;
};

// A broker's error code as a Failure: "<about>: NAME: <the broker's words, or ours>".
Failure broker_failure(std::string_view about, protocol::ErrorCode code,
                       std::optional<std::string_view> message = {});

}  // namespace kmirror::net
