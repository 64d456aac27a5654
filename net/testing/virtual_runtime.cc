#include "net/testing/virtual_runtime.h"

namespace kmirror::net {

VirtualRuntime::VirtualRuntime() : Process(time, network, "test", "test") {}

VirtualRuntime::~VirtualRuntime() = default;

void VirtualRuntime::log(LogLevel, std::string_view line) {
  lines.emplace_back(line);
}

Awaitable<Result<std::unique_ptr<Stream>>> VirtualRuntime::connect(Address address,
                                                                   TimePoint deadline) {
  const auto answer = listeners.find({address.ip, address.port});
  if (answer == listeners.end()) return Process::connect(std::move(address), deadline);
  return connect_to(answer->second);
}

Awaitable<Result<std::unique_ptr<Stream>>> VirtualRuntime::connect_to(Answer answer) {
  co_return answer();
}

}  // namespace kmirror::net
