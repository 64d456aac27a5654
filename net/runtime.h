// The only door to the outside world: sockets, the clock, randomness, names, and the log.
// Production has net/asio/; net/sim/ implements the same four interfaces in virtual time.
//
// One Runtime belongs to one shard. Everything that uses it runs on its executor, which runs one
// handler at a time, so nothing above this seam needs a lock. Only executor() may be called from
// elsewhere, to post work to the shard.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/time.h"
#include "net/result.h"

namespace kmirror::net {

namespace asio = boost::asio;

template <class T>
using Awaitable = asio::awaitable<T>;

// A numeric address, as name resolution gives it, or a path to nowhere in a simulator.
struct Address {
  std::string ip;
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

// What becomes of the pieces of a write while it is on its way. To copy a smaller piece costs less
// than to have the system refer to its pages.
enum class Lending { kNone, kLent };
constexpr std::size_t kLentBytesMin = 10 << 10;

// A byte stream with TCP's promises. Owned by whoever connected it. At most one read and one write
// at a time. close() ends both at once with an error; it is the only way to cancel.
class Stream {
 public:
  virtual ~Stream() = default;

  // Reads at least one byte. A clean end of the stream is an error too (FailureKind::kClosed). Who
  // knows that more is on its way says how much, and may have to wait until most of it is there:
  // waking up for every segment costs more than copying it.
  virtual Awaitable<Result<std::size_t>> read_some(MutableBytes into, std::size_t expected = 1) = 0;

  // Writes at least one byte of the gathered pieces, in order; returns how many bytes went. What
  // did not go has to come first in the next call. `kLent`: pieces of kLentBytesMin or more stay as
  // they are until the peer has answered to them or the stream is closed, so they need not be
  // copied.
  virtual Awaitable<Result<std::size_t>> write_some(std::span<const ConstBytes> pieces,
                                                    Lending lending = Lending::kNone) = 0;

  virtual void close() = 0;
};

// A port that others connect to. close() ends a waiting accept() with an error; at most one waits.
class Listener {
 public:
  virtual ~Listener() = default;

  virtual Awaitable<Result<std::unique_ptr<Stream>>> accept() = 0;

  // Where it listens, with the port that was chosen.
  virtual Address address() const = 0;

  virtual void close() = 0;
};

// A point in time that a coroutine waits for and others may move or end. One waiter at a time.
class Timer {
 public:
  virtual ~Timer() = default;

  // Returns true at `when`, false as soon as cancel() or hand_over() is called.
  virtual Awaitable<bool> wait_until(TimePoint when) = 0;

  // Who waits goes on in a turn of its own.
  virtual void cancel() = 0;

  // Who waits goes on at once, inside this call, until it waits for something else; where that
  // cannot be, as after cancel(). For the last word of a turn: a turn more costs much where there
  // is one for each request.
  virtual void hand_over() = 0;
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual asio::any_io_executor executor() = 0;
  virtual TimePoint now() const = 0;

  // Milliseconds since 1970, for record timestamps only.
  virtual std::int64_t wall_clock_ms() const = 0;

  virtual std::unique_ptr<Timer> make_timer() = 0;

  // All addresses of a host name, in the resolver's order.
  virtual Awaitable<Result<std::vector<Address>>> resolve(std::string host, std::uint16_t port) = 0;
  virtual Awaitable<Result<std::unique_ptr<Stream>>> connect(Address address,
                                                             TimePoint deadline) = 0;

  // Listens at an address of this host, at a port of the system's choice if it is 0.
  virtual Result<std::unique_ptr<Listener>> listen(Address address) = 0;

  virtual Random& random() = 0;

  // Whether to do something here that is lawful but rare, such as to wake up for nothing. Never so
  // in production; a simulator decides by its seed. `point` is a literal of its own; not for what
  // is asked per batch.
  virtual bool buggify(std::string_view /*point*/) { return false; }

  // Whether memory that is given back is overwritten, to show who still uses it.
  virtual bool poisons() const { return false; }

  virtual void log(LogLevel level, std::string_view line) = 0;
};

}  // namespace kmirror::net
