// Tells the stories to a running cluster and prints what it answered.
//   conformance --bootstrap 127.0.0.1:9092 --release 3.9 [--story prefix] [--into directory]
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <fstream>
#include <optional>

#include "conformance/run_stories.h"
#include "net/asio/asio_runtime.h"

namespace kmirror::conformance {
namespace {

std::optional<Release> parse_release(const std::string& text) {
  Release release;
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return std::nullopt;
  release.major = std::atoi(text.c_str());
  release.minor = std::atoi(text.c_str() + dot + 1);
  return release;
}

net::Result<Transcripts> run(net::HostPort bootstrap, Release release, std::string prefix) {
  net::AsioRuntime runtime(0, [](auto, auto) {});
  std::optional<net::Result<Transcripts>> transcripts;
  boost::asio::co_spawn(runtime.executor(), run_stories(runtime, bootstrap, release, prefix),
                        [&](std::exception_ptr thrown, net::Result<Transcripts> told) {
                          if (thrown) std::rethrow_exception(thrown);
                          transcripts = std::move(told);
                          runtime.stop();
                        });
  runtime.run();
  return std::move(*transcripts);
}

int main_of(int argc, char** argv) {
  CLI::App app("Tells the stories of tests/conformance to a cluster");
  std::string bootstrap, release, prefix, directory;
  app.add_option("--bootstrap", bootstrap, "a broker")->required();
  app.add_option("--release", release, "of the brokers: 3.9 or 4.1")->required();
  app.add_option("--story", prefix, "those whose group or name begins with this");
  app.add_option("--into", directory, "a file each group there, and not all to the output");
  CLI11_PARSE(app, argc, argv);
  const auto address = net::parse_host_port(bootstrap);
  const auto number = parse_release(release);
  if (!address || !number) {
    fmt::print(stderr, "conformance: host:port and a release as 3.9 are asked for\n");
    return 2;
  }
  const auto transcripts = run(*address, *number, prefix);
  if (!transcripts) {
    fmt::print(stderr, "conformance: {}\n", transcripts.error().text);
    return 1;
  }
  for (const auto& [group, text] : transcripts.value()) {
    if (directory.empty()) {
      fmt::print("{}", text);
    } else {
      std::ofstream(directory + "/" + group + ".txt") << text;
    }
  }
  return 0;
}

}  // namespace
}  // namespace kmirror::conformance

int main(int argc, char** argv) {
  return kmirror::conformance::main_of(argc, argv);
}
