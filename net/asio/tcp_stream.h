// A connected TCP socket as a Stream. Reads and writes go straight to the socket and wait for the
// reactor only when it would block: a gather write may carry as many pieces as the system takes,
// where Asio's own operations stop at 64.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "net/runtime.h"

namespace kmirror::net {

std::unique_ptr<Stream> make_tcp_stream(asio::ip::tcp::socket socket);

}  // namespace kmirror::net
