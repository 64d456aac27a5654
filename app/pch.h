// Precompiled for this layer: Asio's coroutines cost more to parse than all else here. CLI11 is
// left to the few files that need it: its global validators cost three seconds wherever they are
// seen.
#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
