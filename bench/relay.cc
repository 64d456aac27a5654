// The limit: what passing N bytes from one TCP connection to another costs a process that does
// nothing else. It forks a source that only writes and a sink that only reads, relays between them
// over loopback with blocking calls, and prints one line of JSON: its own CPU time, not theirs.
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include "app/flags.h"
#include "bench/system_calls.h"

namespace kmirror::bench {
namespace {

constexpr std::size_t kPeerBuffer = 1 << 20;  // of the source and the sink

sockaddr* any(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

struct Connection {
  int near;
  int far;
};

// Both ends of a TCP connection over loopback.
Connection connect_loopback() {
  const int listener = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  checked(bind(listener, any(address), length), "bind");
  checked(listen(listener, 1), "listen");
  checked(getsockname(listener, any(address), &length), "getsockname");
  const int near = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
  checked(connect(near, any(address), length), "connect");
  const int far = checked(accept(listener, nullptr, nullptr), "accept");
  checked(close(listener), "close");
  return {near, far};
}

void write_bytes(int to, std::int64_t bytes) {
  const std::vector<char> buffer(kPeerBuffer, 'x');
  while (bytes > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::int64_t>(bytes, kPeerBuffer));
    bytes -= checked(send(to, buffer.data(), size, 0), "send");
  }
}

void read_bytes(int from, std::int64_t bytes) {
  std::vector<char> buffer(kPeerBuffer);
  while (bytes > 0) {
    const ssize_t size = checked(recv(from, buffer.data(), buffer.size(), 0), "recv");
    if (size == 0) throw std::system_error(ECONNRESET, std::generic_category(), "sink");
    bytes -= size;
  }
}

// A process that does this and ends; its exit status tells whether it could.
template <class Work>
pid_t fork_peer(Work work) {
  const pid_t pid = checked(fork(), "fork");
  if (pid != 0) return pid;
  try {
    work();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    _exit(1);
  }
  _exit(0);
}

// Both relay until the source has closed, and return how many bytes that were. `calls` counts.

std::int64_t relay_by_recv_send(int from, int to, std::size_t buffer_size, std::int64_t& calls) {
  std::vector<char> buffer(buffer_size);
  std::int64_t relayed = 0;
  while (true) {
    const ssize_t received = checked(recv(from, buffer.data(), buffer.size(), 0), "recv");
    ++calls;
    if (received == 0) return relayed;
    for (ssize_t sent = 0; sent < received; ++calls) {
      sent += checked(send(to, buffer.data() + sent, received - sent, MSG_NOSIGNAL), "send");
    }
    relayed += received;
  }
}

std::int64_t relay_by_splice(int from, int to, std::size_t buffer_size, std::int64_t& calls) {
  int ends[2];
  checked(pipe(ends), "pipe");
  checked(fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(buffer_size)), "F_SETPIPE_SZ");
  std::int64_t relayed = 0;
  while (true) {
    constexpr unsigned kFlags = SPLICE_F_MOVE | SPLICE_F_MORE;
    ssize_t piped = checked(splice(from, nullptr, ends[1], nullptr, buffer_size, kFlags), "splice");
    ++calls;
    if (piped == 0) return relayed;
    relayed += piped;
    for (; piped > 0; ++calls) {
      const auto size = static_cast<std::size_t>(piped);
      piped -= checked(splice(ends[0], nullptr, to, nullptr, size, kFlags), "splice");
    }
  }
}

void wait_for(pid_t pid) {
  int status = 0;
  checked(waitpid(pid, &status, 0), "waitpid");
  if (status != 0) throw std::runtime_error("the source or the sink failed");
}

void run(const std::string& mode, std::size_t buffer_size, std::int64_t bytes) {
  const Connection in = connect_loopback();
  const Connection out = connect_loopback();
  const auto start = std::chrono::steady_clock::now();
  const pid_t source = fork_peer([&] { write_bytes(in.far, bytes); });
  const pid_t sink = fork_peer([&] { read_bytes(out.far, bytes); });
  checked(close(in.far), "close");
  checked(close(out.far), "close");

  std::int64_t calls = 0;
  const auto relay = mode == "splice" ? relay_by_splice : relay_by_recv_send;
  const std::int64_t relayed = relay(in.near, out.near, buffer_size, calls);
  wait_for(source);
  wait_for(sink);
  if (relayed != bytes) throw std::runtime_error("not all bytes were relayed");

  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const CpuTime cpu = own_cpu_time();
  fmt::print(R"({{"mode":"{}","buffer":{},"bytes":{},"cpu_s":{:.3f},"user_s":{:.3f},)"
             R"("system_s":{:.3f},"wall_s":{:.3f},"calls":{}}})"
             "\n",
             mode, buffer_size, bytes, cpu.user + cpu.system, cpu.user, cpu.system, wall.count(),
             calls);
}

}  // namespace
}  // namespace kmirror::bench

int main(int argc, char** argv) {
  std::string mode = "recv-send";
  std::int64_t buffer = 256 << 10;
  std::int64_t bytes = std::int64_t{4} << 30;
  kmirror::app::Flags flags("The CPU time of relaying bytes between two TCP connections.", "relay");
  flags.add("--mode", mode, "how it relays").one_of({"recv-send", "splice"}).shows_default();
  flags.add("--buffer", buffer, "bytes moved at a time").at_least(1).shows_default();
  flags.add("--bytes", bytes, "bytes to relay").at_least(1).shows_default();
  if (const kmirror::app::Exit exit = flags.parse(argc, argv)) return *exit;
  try {
    kmirror::bench::run(mode, static_cast<std::size_t>(buffer), bytes);
  } catch (const std::exception& error) {
    fmt::print(stderr, "relay: {}\n", error.what());
    return 1;
  }
}
