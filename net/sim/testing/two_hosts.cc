#include "net/sim/testing/two_hosts.h"

namespace kmirror::net::sim {

std::unique_ptr<Listener> TwoHosts::listen() {
  auto made = b->listen({"b", 9092});
  EXPECT_TRUE(made);
  return std::move(made.value());
}

void TwoHosts::open() {
  auto connected = a->run(a->connect({"b", 9092}, kNever));
  auto accepted = b->run(listener->accept());
  ASSERT_TRUE(connected && accepted);
  at_a = std::move(connected.value());
  at_b = std::move(accepted.value());
}

TwoHosts::~TwoHosts() {
  a->kill(Death::kClosed);
  b->kill(Death::kClosed);
}

Awaitable<std::string> TwoHosts::send(Stream& stream, std::string text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ConstBytes piece = as_bytes(text).subspan(sent);
    const auto wrote = co_await stream.write_some(std::span(&piece, 1));
    if (!wrote) co_return std::to_string(sent) + " " + wrote.error().text;
    sent += wrote.value();
  }
  co_return "sent";
}

Awaitable<std::string> TwoHosts::receive(Stream& stream, std::size_t size) {
  std::string text;
  Buffer into(8192);
  while (text.size() < size) {
    const MutableBytes space = MutableBytes(into).first(std::min(into.size(), size - text.size()));
    const auto got = co_await stream.read_some(space);
    if (!got) co_return text + "<" + got.error().text + ">";
    text += as_text(ConstBytes(into).first(got.value()));
  }
  co_return text;
}

void TwoHosts::begin(Process& process, Awaitable<std::string> task, std::string& into) {
  asio::co_spawn(process.executor(), std::move(task),
                 [&into](std::exception_ptr, std::string text) { into = std::move(text); });
}

void TwoHosts::pass(Duration duration) {
  world.run_until(world.now() + duration);
}

}  // namespace kmirror::net::sim
