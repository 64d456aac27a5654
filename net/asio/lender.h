// Writes to a socket without copying: the system refers to the pages of large pieces (vmsplice)
// until the peer has them, so who lends them must not change them before the peer has answered.
// Small pieces are copied first, to pages that are used once. Owned by a TcpStream; one thread at a
// time.
//
// When a connection fails, the peer may still read of what was on its way, and on the same machine
// it reads our pages. By then a large piece may be something else: that makes a record batch one
// whose CRC is wrong, as its header is a small piece and stays what it was.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace kmirror::net {

class Lender {
 public:
  Lender() = default;
  ~Lender();
  Lender(const Lender&) = delete;
  Lender& operator=(const Lender&) = delete;

  // Whether the next bytes of the stream are taken already, so that write() has to send them.
  bool pending() const { return in_pipe_ > 0; }

  // Whether the system does it at all. Looks once; some sandboxes forbid it.
  bool usable();

  // Whether something may be on its way that the system still refers to.
  bool has_lent() const { return has_lent_; }

  // As sendmsg(2): how many bytes of the pieces the socket took, or -1 and errno. The next call
  // begins where this one ended.
  ssize_t write(int socket, std::span<const ConstBytes> pieces);

 private:
  ssize_t fill(std::span<const ConstBytes> pieces);
  void begin_stage();
  ConstBytes stage(ConstBytes piece);
  void drop_stage();

  enum class State { kUnknown, kUsable, kUnusable };

  State state_ = State::kUnknown;
  int read_end_ = -1;
  int write_end_ = -1;
  std::size_t in_pipe_ = 0;  // bytes
  bool has_lent_ = false;
  std::vector<iovec> vectors_;
  std::uint8_t* stage_ = nullptr;  // where small pieces are copied to
  std::size_t staged_ = 0;
};

}  // namespace kmirror::net
