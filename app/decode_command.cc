#include "app/decode_command.h"

#include <fmt/format.h>

#include "app/console/console_flags.h"
#include "app/decode_io.h"
#include "protocol/dump/records_dump.h"

namespace kmirror::app {

namespace {

constexpr int kExitMalformed = 2;

struct DecodeFlags {
  std::vector<std::string> words;  // FILE
  bool segment = false;
};

void add_flags(CLI::App& app, DecodeFlags& flags) {
  app.add_flag("--segment", flags.segment, "FILE is a broker's log segment")->required();
  app.add_option("FILE", flags.words, "- is standard input")->required();
}

// Of a command that has read and written.
int exit_code(const std::string& file, const InputFile& input, const StandardOutput& output,
              bool is_sound) {
  if (!input.error().empty()) {
    print_error(fmt::format("{}: {}", file, input.error()));
    return kExitError;
  }
  if (!output.error().empty()) {
    print_error(fmt::format("standard output: {}", output.error()));
    return kExitError;
  }
  return is_sound ? kExitOk : kExitMalformed;
}

int decode_records(const DecodeFlags& flags) {
  const std::string& file = flags.words.back();
  InputFile input;
  StandardOutput output;
  input.open(file);
  const protocol::DumpPorts ports{
      .read = [&](MutableBytes room) { return input.read(room); },
      .write = [&](std::string_view lines) { return output.write(lines); },
      .report = [&](std::string_view what) { print_error(fmt::format("{}: {}", file, what)); }};
  const bool is_sound = protocol::dump_records(ports);
  return exit_code(file, input, output, is_sound);
}

}  // namespace

int run_decode_command(int argc, char** argv) {
  DecodeFlags flags;
  CLI::App app("Prints messages, record batches and log segments as JSON.", "kmirror decode");
  add_flags(app, flags);
  if (const Exit exit = parse_flags(app, argc, argv)) return *exit;
  return decode_records(flags);
}

}  // namespace kmirror::app
