#include "net/task_group.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace kmirror::net {

void TaskGroup::spawn(Awaitable<void> task) {
  ++running_;
  asio::co_spawn(runtime_.executor(), std::move(task), [this](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
    if (--running_ == 0) ended_.notify();
  });
}

Awaitable<void> TaskGroup::join() {
  while (running_ > 0) co_await ended_.wait();
}

}  // namespace kmirror::net
