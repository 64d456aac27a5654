// Our codecs on files, the counterpart of CodecInterop.java. Each line of the file named on the
// command line is a job: compress|decompress, codec, level or "-", input, output. Prints one line a
// job: "ok", or "failed" and why.
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "compression/codec.h"

namespace {

using namespace kmirror;
using namespace kmirror::compression;

constexpr std::size_t kLimitBytes = 64 << 20;

// Not a divisor of any block size: slices and blocks end at different places.
constexpr std::size_t kSliceBytes = 1000;

Buffer read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return Buffer(std::istreambuf_iterator<char>(file), {});
}

Buffer compress(Codec codec, std::optional<int> level, ConstBytes bytes) {
  Compressor compressor(codec, level);
  while (!bytes.empty()) {
    const std::size_t size = std::min(kSliceBytes, bytes.size());
    compressor.append(bytes.first(size));
    bytes = bytes.subspan(size);
  }
  Buffer out;
  compressor.finish(out);
  return out;
}

std::string run(const std::string& line) {
  std::istringstream words(line);
  std::string what, name, level, in, out;
  words >> what >> name >> level >> in >> out;
  const std::optional<Codec> codec = codec_from_name(name);
  if (!words || !codec) return "failed: not a job";
  Buffer result;
  if (what == "compress") {
    const auto number = level == "-" ? std::nullopt : std::optional<int>(std::stoi(level));
    result = compress(*codec, number, read_file(in));
  } else {
    const DecompressError error = decompress(*codec, read_file(in), kLimitBytes, result);
    if (error != DecompressError::kNone) {
      return std::string("failed: ") + decompress_error_text(error);
    }
  }
  std::ofstream file(out, std::ios::binary);
  file.write(reinterpret_cast<const char*>(result.data()),
             static_cast<std::streamsize>(result.size()));
  return file.flush() ? "ok" : "failed: cannot write";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: codec_tool JOBS\n";
    return 2;
  }
  std::ifstream jobs(argv[1]);
  for (std::string line; std::getline(jobs, line);) std::cout << run(line) << '\n';
}
