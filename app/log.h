// Where log lines go: standard error, through spdlog, with the time. Safe from all threads.
#pragma once

#include "net/asio/asio_runtime.h"

namespace kmirror::app {

// Several shards see the same event; a line equal to one of the last moments is said once.
net::AsioRuntime::LogSink make_log_sink();

}  // namespace kmirror::app
