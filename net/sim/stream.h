// The ends of simulated connections, and the ports that wait for them. Owned by whoever connected,
// accepted or listens; the Network keeps a list of them for what it does to all.
#pragma once

#include <boost/intrusive/list.hpp>
#include <deque>
#include <memory>

#include "net/sim/pipe.h"
#include "net/sim/process.h"
#include "net/wakeup.h"

namespace kmirror::net::sim {

using ListHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class SimStream final : public Stream, public ListHook {
 public:
  // Reads from one pipe of the wire, writes to the other.
  SimStream(Process& process, std::shared_ptr<Wire> wire, Pipe& in, Pipe& out);
  ~SimStream() override { close(); }

  Awaitable<Result<std::size_t>> read_some(MutableBytes into, std::size_t expected) override;
  Awaitable<Result<std::size_t>> write_some(std::span<const ConstBytes> pieces,
                                            Lending lending) override;
  void close() override;

  Process& process() const { return process_; }

  // The process is gone.
  void die(Death how);
  void reset() { out_.break_off(Pipe::End::kReset); }
  void heal() { in_.heal(); }

 private:
  void leave();

  Process& process_;
  std::shared_ptr<Wire> wire_;
  Pipe& in_;
  Pipe& out_;
  Wakeup readable_;
  Wakeup writable_;
  bool closed_ = false;
};

class SimListener final : public Listener, public ListHook {
 public:
  SimListener(Process& process, Address address)
      : process_(process), address_(std::move(address)), wakeup_(process) {}
  ~SimListener() override { close(); }

  Awaitable<Result<std::unique_ptr<Stream>>> accept() override;
  Address address() const override { return address_; }
  void close() override;

  Process& process() const { return process_; }
  void add(std::unique_ptr<SimStream> stream);

 private:
  Process& process_;
  Address address_;
  Wakeup wakeup_;
  std::deque<std::unique_ptr<SimStream>> waiting_;
  bool closed_ = false;
};

}  // namespace kmirror::net::sim
