#include "net/asio/tcp_stream.h"

#include <limits.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>
#include <vector>

#include "net/asio/lender.h"

namespace kmirror::net {

namespace {

using asio::ip::tcp;

// How many bytes are worth waking up for, where more are on their way.
constexpr std::size_t kReadAtOnce = 1 << 20;

// From how many bytes on it costs less to lend them to the system than to have them copied, if
// hardly anything between them has to be copied nevertheless.
constexpr std::size_t kPaysToLend = 32 << 10;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

Failure failure_of(const char* doing, int error) {
  return {
      .kind = error == 0 ? FailureKind::kClosed : FailureKind::kSystem,
      .text =
          error == 0
              ? "connection closed by the peer"
              : std::string(doing) + ": " +
                    boost::system::error_code(error, boost::system::system_category()).message()};
}

class TcpStream final : public Stream {
 public:
  explicit TcpStream(tcp::socket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;  // Neither option decides over correctness.
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.native_non_blocking(true, ignored);
  }

  Awaitable<Result<std::size_t>> read_some(MutableBytes into, std::size_t expected) override {
    while (socket_.is_open()) {
      if (std::exchange(drained_, false)) {
        expect(expected);
        const auto [waited] = co_await socket_.async_wait(tcp::socket::wait_read, kAsTuple);
        if (waited) break;
      }
      const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
      drained_ = got < static_cast<ssize_t>(into.size());
      if (got > 0) co_return static_cast<std::size_t>(got);
      if (got == 0) co_return failure_of("read", 0);
      const int error = errno;
      if (error != EINTR && !would_block(error)) co_return failure_of("read", error);
    }
    co_return closed();
  }

  Awaitable<Result<std::size_t>> write_some(std::span<const ConstBytes> pieces,
                                            Lending lending) override {
    while (socket_.is_open()) {
      const bool lends = lender_.pending() || (lending == Lending::kLent && pays_to_lend(pieces));
      const ssize_t wrote = lends ? lender_.write(socket_.native_handle(), pieces) : send(pieces);
      if (wrote >= 0) co_return static_cast<std::size_t>(wrote);
      const int error = errno;
      if (error == EINTR || (lends && !lender_.usable())) continue;
      if (!would_block(error)) co_return failure_of("write", error);
      const auto [waited] = co_await socket_.async_wait(tcp::socket::wait_write, kAsTuple);
      if (waited) break;
    }
    co_return closed();
  }

  // What was lent and is not sent yet is thrown away: it may change from now on.
  void close() override {
    boost::system::error_code ignored;  // A socket that cannot be closed is closed already.
    int unsent = 0;
    if (lender_.has_lent() && ::ioctl(socket_.native_handle(), SIOCOUTQ, &unsent) == 0) {
      if (unsent > 0) socket_.set_option(tcp::socket::linger(true, 0), ignored);
    }
    socket_.close(ignored);
  }

 private:
  static Failure closed() { return {.kind = FailureKind::kClosed, .text = "connection closed"}; }

  bool pays_to_lend(std::span<const ConstBytes> pieces) {
    std::size_t lent = 0;
    std::size_t copied = 0;
    for (const ConstBytes piece : pieces) {
      (piece.size() < kLentBytesMin ? copied : lent) += piece.size();
    }
    return lent >= kPaysToLend && lent / 4 >= copied && lender_.usable();
  }

  ssize_t send(std::span<const ConstBytes> pieces) {
    vectors_.clear();
    for (const ConstBytes piece : pieces.first(std::min<std::size_t>(pieces.size(), IOV_MAX))) {
      vectors_.push_back({const_cast<std::uint8_t*>(piece.data()), piece.size()});
    }
    msghdr message{};
    message.msg_iov = vectors_.data();
    message.msg_iovlen = vectors_.size();
    return ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  }

  // The socket counts as readable from so many bytes on. The system lowers what its buffer does not
  // have room for, and an end of the stream is always seen.
  void expect(std::size_t bytes) {
    const int mark = static_cast<int>(std::min(bytes, kReadAtOnce));
    if (mark == low_mark_) return;
    low_mark_ = mark;
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark);
  }

  tcp::socket socket_;
  std::vector<iovec> vectors_;  // of the write under way
  Lender lender_;
  bool drained_ = true;  // nothing was left after the last read
  int low_mark_ = 1;
};

}  // namespace

std::unique_ptr<Stream> make_tcp_stream(tcp::socket socket) {
  return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace kmirror::net
