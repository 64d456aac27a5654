#include "net/asio/tcp_listener.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/asio/tcp_stream.h"

namespace kmirror::net {

namespace {

using asio::ip::tcp;

class TcpListener final : public Listener {
 public:
  explicit TcpListener(tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {}

  Awaitable<Result<std::unique_ptr<Stream>>> accept() override {
    auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) {
      co_return Failure{.kind = FailureKind::kSystem, .text = "cannot accept: " + error.message()};
    }
    co_return make_tcp_stream(std::move(socket));
  }

  Address address() const override {
    boost::system::error_code ignored;  // Only a closed listener has no address.
    const tcp::endpoint local = acceptor_.local_endpoint(ignored);
    return {local.address().to_string(), local.port()};
  }

  void close() override {
    boost::system::error_code ignored;  // A listener that cannot be closed is closed already.
    acceptor_.close(ignored);
  }

 private:
  tcp::acceptor acceptor_;
};

}  // namespace

Result<std::unique_ptr<Listener>> listen_on_tcp(asio::any_io_executor executor,
                                                const Address& address) {
  boost::system::error_code error;
  const auto fail = [&] {
    return Failure{.kind = FailureKind::kSystem,
                   .text = fmt::format("cannot listen on {}:{}: {}", address.ip, address.port,
                                       error.message())};
  };
  const asio::ip::address ip = asio::ip::make_address(address.ip, error);
  if (error) return fail();
  const tcp::endpoint endpoint(ip, address.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return fail();
  return std::unique_ptr<Listener>(std::make_unique<TcpListener>(std::move(acceptor)));
}

}  // namespace kmirror::net
