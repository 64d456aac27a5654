// A raw connection to a broker: frames go out as they are given, whatever they hold, and what comes
// back is a frame, the end of the connection, or silence. Owned by a story; used on the Runtime's
// executor by one coroutine at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/host_port.h"
#include "net/runtime.h"

namespace kmirror::conformance {

class Link {
 public:
  // What receive() found.
  enum class Outcome { kFrame, kClosed, kSilence };

  static net::Awaitable<net::Result<std::unique_ptr<Link>>> connect(net::Runtime& runtime,
                                                                    net::HostPort address);

  Link(net::Runtime& runtime, std::unique_ptr<net::Stream> stream)
      : runtime_(runtime), stream_(std::move(stream)) {}

  // False if the connection is closed.
  net::Awaitable<bool> send(Buffer bytes);

  // The next frame, without its length, is then in frame(). After silence the link is closed.
  net::Awaitable<Outcome> receive(TimePoint deadline);
  const Buffer& frame() const { return frame_; }

  // Ends a receive() that is under way.
  void close() { stream_->close(); }

 private:
  net::Awaitable<Outcome> read_frame();
  net::Awaitable<bool> read(MutableBytes into);

  net::Runtime& runtime_;
  std::unique_ptr<net::Stream> stream_;
  Buffer frame_;
};

}  // namespace kmirror::conformance
