// A reader of a ZooKeeper tree, for one lookup at start: it opens a session on one of the servers,
// asks, and closes. It sets no watches and sends no pings, so the session lives as long as
// questions keep coming. Plain TCP without SASL only.
//
// Shared between the loop that uses it and its own watchdog, which the TaskGroup given to open()
// awaits. Used on the Runtime's executor only, one call at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/runtime.h"
#include "net/task_group.h"
#include "net/wakeup.h"
#include "net/zookeeper/connect_string.h"
#include "net/zookeeper/jute.h"

namespace kmirror::net {

class ZookeeperClient {
 public:
  using Names = std::vector<std::string>;

  // Tries the servers in random order, each address of theirs, until one gives a session. `timeout`
  // bounds each connect, each answer, and is the session timeout asked for. close() must follow.
  static Awaitable<Result<std::shared_ptr<ZookeeperClient>>> open(
      Runtime& runtime, TaskGroup& tasks, ZookeeperConnect servers,
      std::chrono::milliseconds timeout);

  // What stands at each path below the chroot, in the order of `paths`; nothing where there is no
  // such node. After a failure only close() may be called.
  Awaitable<Result<std::vector<std::optional<Names>>>> children_of(Names paths);
  Awaitable<Result<std::vector<std::optional<std::string>>>> data_of(Names paths);

  // Ends the session and the watchdog.
  Awaitable<void> close();

  // "ZooKeeper h:2181", for messages to people.
  const std::string& peer() const { return peer_; }

  ZookeeperClient(Runtime& runtime, std::unique_ptr<Stream> stream, std::string peer,
                  std::string chroot, std::chrono::milliseconds timeout);

 private:
  static Awaitable<Result<std::shared_ptr<ZookeeperClient>>> open_at(
      Runtime& runtime, TaskGroup& tasks, HostPort server, std::string chroot,
      std::chrono::milliseconds timeout);
  static Awaitable<void> watch_loop(std::shared_ptr<ZookeeperClient> self);

  Awaitable<Result<void>> start_session();

  // The packets of the replies, without their length; empty where there is no such node.
  Awaitable<Result<std::vector<Buffer>>> ask(jute::Operation operation, Names paths);
  Awaitable<Result<Buffer>> read_answer(std::int32_t xid, const std::string& path);
  Awaitable<Result<Buffer>> read_packet();
  Awaitable<Result<void>> read_exactly(Buffer& into, std::size_t count);
  Awaitable<Result<void>> write_all(Buffer bytes);

  Failure failure(FailureKind kind, std::string_view what) const;
  Failure stream_failure(const Failure& cause) const;
  void set_deadline(TimePoint deadline);

  Runtime& runtime_;
  std::unique_ptr<Stream> stream_;
  std::string peer_;
  std::string chroot_;
  std::chrono::milliseconds timeout_;
  std::int32_t last_xid_ = 0;
  TimePoint deadline_ = kNever;
  Wakeup watchdog_;
  bool is_closed_ = false;
  bool timed_out_ = false;
};

}  // namespace kmirror::net
