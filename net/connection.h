// One connection to one broker: negotiated when it is opened, typed calls after that. Calls may
// overlap (they are pipelined); each returns exactly once. A call that misses its deadline closes
// the connection, because later answers could not be told apart.
//
// Shared between the loops that use it and its own reader, writer and watchdog, which its TaskGroup
// awaits. Used on the Runtime's executor only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/core/connection_core.h"
#include "net/runtime.h"
#include "net/task_group.h"
#include "net/wakeup.h"
#include "protocol/api.h"

namespace kmirror::net {

// A decoded response, together with the frame that its strings and records point into.
template <class Message>
struct Reply {
  SlabRef frame;
  Message message;
  std::int16_t version = 0;
};

struct CallOptions {
  TimePoint deadline = kNever;
  // How many bytes the answer has at least, if it may wait to be read together with the answers to
  // requests behind it that say so too; 0 if it may not. Waking up for each costs more than it.
  std::size_t answer_bytes = 0;
  // The newest version to use although broker and client may know a newer one.
  std::int16_t version_max = 32767;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Settings {
    std::string peer;  // "source broker 1 (host:9092)", for messages to people
    std::string client_id;
    std::size_t frame_bytes_max = 256 << 20;
  };

  // Takes an open stream; its loops run in `tasks`. Nothing but negotiate() may be called yet.
  static std::shared_ptr<Connection> start(Runtime& runtime, SlabPool& slabs, TaskGroup& tasks,
                                           Settings settings, std::unique_ptr<Stream> stream);

  // Learns the broker's API versions; closes the connection where that fails.
  Awaitable<Result<void>> negotiate(TimePoint deadline);

  // Sends `request`, which lives until the call returns, and waits for its answer. The records that
  // it refers to may be released as soon as the call returned.
  template <class Request>
  Awaitable<Result<Reply<typename Request::Response>>> call(const Request& request,
                                                            CallOptions options);

  // The version a call would use, or -1 if broker and client have none in common.
  std::int16_t version_for(const protocol::Api& api, std::int16_t version_max = 32767) const;

  bool is_open() const { return !core_.failure(); }
  const std::string& peer() const { return settings_.peer; }
  void close(std::string why);

  Connection(Runtime& runtime, SlabPool& slabs, Settings settings, std::unique_ptr<Stream> stream);

 private:
  // Where exchange() waits for its answer. They are used again and again, for their timers.
  struct Exchange {
    explicit Exchange(Runtime& runtime) : answered(runtime) {}
    Wakeup answered;
    std::int32_t id = 0;
    std::optional<Result<SlabRef>> frame;
  };

  Awaitable<Result<SlabRef>> exchange(protocol::GatherBuffer request, CallOptions options);
  Awaitable<Result<void>> learn_versions(TimePoint deadline);
  Failure about_peer(Failure failure) const;
  void fail(Failure failure);
  void deliver();

  static Awaitable<void> read_loop(std::shared_ptr<Connection> self);
  static Awaitable<void> write_loop(std::shared_ptr<Connection> self);
  static Awaitable<void> watch_loop(std::shared_ptr<Connection> self);

  Runtime& runtime_;
  Settings settings_;
  std::unique_ptr<Stream> stream_;
  ConnectionCore core_;
  std::deque<Exchange*> waiting_;  // in the order of the requests, which is that of the answers
  std::vector<std::unique_ptr<Exchange>> idle_;
  std::map<std::int16_t, protocol::VersionRange> versions_;
  Wakeup write_wakeup_;
  Wakeup watch_wakeup_;
  bool in_turn_ = false;                  // of the reader, which writes when it is done
  TimePoint watched_ = TimePoint::min();  // the deadline that the watch sleeps until
};

}  // namespace kmirror::net
