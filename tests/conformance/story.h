// What a story is told with: it sends requests to the brokers of a cluster, and what was asked and
// answered is written down. Requests go over raw connections, in any version, broken if need be. A
// connection is opened when it is first used and closed when the story ends.
//
// One object a story, owned by run_stories(); used on the Runtime's executor by one coroutine.
#pragma once

#include <compare>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/link.h"
#include "conformance/masks.h"
#include "net/runtime.h"
#include "protocol/messages/registry.h"

namespace kmirror::conformance {

using net::Awaitable;

// Of the brokers, or the one that an embedded cluster poses as.
struct Release {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Release&) const = default;
};

// A cluster's brokers have the node ids 1, 2 and 3.
inline constexpr int kNodes = 3;

// A connection: a broker, and which of several to it. From kCoordinatorLine on the broker was
// chosen for being a coordinator; which one it is depends on a name's hash, and is not shown. From
// kOtherLine on it was chosen for not being it.
inline constexpr int kCoordinatorLine = 100;
inline constexpr int kOtherLine = 200;
struct To {
  int node = 1;
  int line = 0;
  auto operator<=>(const To&) const = default;
};

// An answer, or none: then the message has its defaults.
struct Reply {
  bool has_come = false;
  Buffer frame;  // what the message refers to
  std::shared_ptr<void> message;

  template <class Response>
  const Response& as() const {
    return *static_cast<const Response*>(message.get());
  }
};

struct Topic {
  std::string name;
  protocol::Uuid id;
};

// What stories share: the cluster that they are told about.
struct Stage {
  net::Runtime& runtime;
  Release release;
  std::map<int, net::HostPort> nodes;
  std::string run;  // a part of all names, so that a cluster can be used again
};

class Story {
 public:
  Story(Stage& stage, int number)
      : stage_(stage), number_(number), masks_(stage.runtime.wall_clock_ms()) {}

  Release release() const { return stage_.release; }
  const Stage& stage() const { return stage_; }

  // A name that no other story uses, for a topic, a group or a transactional id; shown as `plain`.
  std::string name(std::string_view plain);

  // A topic of that many partitions, all led by node 1. `configs`: "key=value key=value". Returns
  // when every broker knows it. Not written down, nor is what follows up to call().
  Awaitable<Topic> topic(std::string_view configs = "", int partitions = 1, int node = 1);
  Awaitable<void> until_known(const Topic& topic, int partitions);
  Awaitable<void> until_gone(std::string_view name);

  // The coordinator of a group (0) or transactional id (1), when it is ready.
  Awaitable<To> coordinator(std::string_view key, std::int8_t key_type);

  // Sends a request in some version, and waits for the answer.
  template <class Request>
  Awaitable<Reply> ask(To to, const Request& request, std::int16_t version) {
    return ask(to, type_of<Request>(), &request, version);
  }

  // The same, and both are written down.
  template <class Request>
  Awaitable<Reply> call(To to, const Request& request, std::int16_t version) {
    return call(to, type_of<Request>(), &request, version);
  }
  // In two steps, so that others happen between them. Answers come in the order of requests.
  template <class Request>
  Awaitable<void> send(To to, const Request& request, std::int16_t version) {
    return send(to, type_of<Request>(), &request, version, kWrittenDown);
  }
  Awaitable<Reply> receive(To to);
  // There will be no answer: what comes next answers something else.
  template <class Request>
  Awaitable<void> send_only(To to, const Request& request, std::int16_t version) {
    return send(to, type_of<Request>(), &request, version, kOneWay);
  }

  // As call(), but again while there is `passing` in the answer, which depends on time alone.
  template <class Request>
  Awaitable<Reply> settled(To to, const Request& request, std::int16_t version,
                           protocol::ErrorCode passing) {
    return settled(to, type_of<Request>(), &request, version, passing);
  }

  // Any bytes; `words` is how they are written down. receive_frame() gives what comes back, and
  // writes down whether anything did.
  Awaitable<void> send_bytes(To to, Buffer bytes, std::string words);
  Awaitable<Buffer> receive_frame(To to);

  void note(std::string_view line);
  Masks& masks() { return masks_; }
  const std::string& transcript() const { return transcript_; }

  // For conditions that are asked for again and again.
  Awaitable<void> breathe();

 private:
  using Type = protocol::MessageType;
  enum Kind { kSilent, kWrittenDown, kOneWay };
  struct Sent {
    const Type* response = nullptr;
    std::int16_t version = 0;
    bool is_written_down = false;
  };
  struct Line {
    std::unique_ptr<Link> link;  // null: it could not be connected
    std::deque<Sent> sent;
    std::int32_t correlation_id = 0;
  };

  template <class Request>
  static const Type& type_of() {
    return *protocol::find_message(Request::kApi.key, protocol::MessageRole::kRequest);
  }

  Awaitable<Line*> line(To to);
  Awaitable<Reply> ask(To to, const Type& type, const void* request, std::int16_t version);
  Awaitable<Reply> call(To to, const Type& type, const void* request, std::int16_t version);
  Awaitable<Reply> settled(To to, const Type& type, const void* request, std::int16_t version,
                           protocol::ErrorCode passing);
  Awaitable<void> send(To to, const Type& type, const void* request, std::int16_t version,
                       Kind kind);
  Reply read_answer(const Sent& sent, const Link& link);

  // Connections of their own, so that preparing does not disturb what is told.
  static constexpr int kPreparing = 9;
  static constexpr int kBreaths = 1500;

  Stage& stage_;
  int number_;
  int topics_ = 0;
  Masks masks_;
  std::map<To, Line> lines_;
  std::string transcript_;
};

}  // namespace kmirror::conformance
