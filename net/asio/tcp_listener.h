// A listening TCP socket as a Listener. Each connection that it accepts is a Stream of its own.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "net/runtime.h"

namespace kmirror::net {

// The failure names the address.
Result<std::unique_ptr<Listener>> listen_on_tcp(asio::any_io_executor executor,
                                                const Address& address);

}  // namespace kmirror::net
