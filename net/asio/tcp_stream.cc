#include "net/asio/tcp_stream.h"

#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace kmirror::net {

namespace {

using asio::ip::tcp;

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

  Awaitable<Result<std::size_t>> read_some(MutableBytes into) override {
    while (socket_.is_open()) {
      const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
      if (got > 0) co_return static_cast<std::size_t>(got);
      if (got == 0) co_return failure_of("read", 0);
      const int error = errno;
      if (error == EINTR) continue;
      if (!would_block(error)) co_return failure_of("read", error);
      const auto [waited] = co_await socket_.async_wait(tcp::socket::wait_read, kAsTuple);
      if (waited) break;
    }
    co_return closed();
  }

  Awaitable<Result<std::size_t>> write_some(std::span<const ConstBytes> pieces) override {
    std::array<iovec, IOV_MAX> vectors;
    const std::size_t count = std::min<std::size_t>(pieces.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) {
      vectors[i] = {const_cast<std::uint8_t*>(pieces[i].data()), pieces[i].size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    while (socket_.is_open()) {
      const ssize_t wrote = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
      if (wrote >= 0) co_return static_cast<std::size_t>(wrote);
      const int error = errno;
      if (error == EINTR) continue;
      if (!would_block(error)) co_return failure_of("write", error);
      const auto [waited] = co_await socket_.async_wait(tcp::socket::wait_write, kAsTuple);
      if (waited) break;
    }
    co_return closed();
  }

  void close() override {
    boost::system::error_code ignored;  // A socket that cannot be closed is closed already.
    socket_.close(ignored);
  }

 private:
  static Failure closed() { return {.kind = FailureKind::kClosed, .text = "connection closed"}; }

  tcp::socket socket_;
};

}  // namespace

std::unique_ptr<Stream> make_tcp_stream(tcp::socket socket) {
  return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace kmirror::net
